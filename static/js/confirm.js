// A form or button with data-confirm="question" asks once. data-confirm-yes="Remove" names the deed; with
// data-confirm-title the question gets its own heading, and the deed is shown as an ordinary one, not as a danger.
const dialog = document.getElementById("confirm");

if (dialog) {
  const words = dialog.querySelector("[data-confirm-text]");
  const yes = dialog.querySelector("[data-confirm-yes]");
  const title = dialog.querySelector("[data-confirm-title]");
  const usual = yes.textContent;
  const usualTitle = title.textContent;

  const ask = ({ confirm, confirmYes, confirmTitle }, question = confirm) => {
    title.textContent = confirmTitle ?? usualTitle;
    words.textContent = question;
    yes.textContent = confirmYes ?? usual;
    yes.classList.toggle("btn-danger", !confirmTitle);
    yes.classList.toggle("btn-primary", Boolean(confirmTitle));
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(source.dataset))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  }, true);

  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (await ask(event.target.dataset, event.detail.question)) event.detail.issueRequest(true);
  });
}
