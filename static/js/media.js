// A form with data-upload: says at once when the file is too large, shows how much is sent, and keeps the words when
// the server sends the form back. Without this module the same form is posted as it is.
const form = () => document.querySelector("form[data-upload]");

function part(name) {
  return form()?.querySelector(`[data-upload-${name}]`);
}

function trouble(text) {
  const line = part("trouble");
  if (!line) return;
  line.textContent = text;
  line.hidden = !text;
}

document.addEventListener("change", ({ target }) => {
  if (!target.dataset.mostBytes) return;
  const isTooLarge = [...target.files].some((file) => file.size > Number(target.dataset.mostBytes));
  const sentence = isTooLarge ? target.dataset.tooLarge : "";
  target.setCustomValidity(sentence);
  trouble(sentence);
});

document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  if (target !== form() || !detail.lengthComputable) return;
  const percent = Math.round((100 * detail.loaded) / detail.total);
  part("progress").hidden = false;
  part("progress").querySelector("progress").value = percent;
  part("percent").textContent = `${percent} %`;
});

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target !== form()) return;
  trouble("");
  target.querySelector("button[type=submit]").disabled = true;
});

// The form comes back with its errors; anything else that is not a success is said in words.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== form()) return;
  if ([413, 422].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, ({ target }) => {
    if (target !== form()) return;
    target.querySelector("button[type=submit]").disabled = false;
    part("progress").hidden = true;
    trouble(part("trouble").dataset.broken);
  });
}
