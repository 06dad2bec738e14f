// Steps of an exercise: add, remove and move boxes; Enter goes on to the next one. Without it there are six boxes.
const MOST_WORDS = 19;
const field = document.querySelector("[data-steps]");

if (field) {
  const list = field.querySelector("[data-step-list]");
  const add = field.querySelector("[data-step-add]");
  const live = field.querySelector("[data-step-live]");
  const model = list.querySelector("[data-step]").cloneNode(true);
  const rows = () => [...list.children];
  const box = (row) => row.querySelector("textarea");

  const number = () => rows().forEach((row, place) => {
    box(row).setAttribute("aria-label", `Step ${place + 1}`);
    const words = box(row).value.split(/\s+/).filter(Boolean).length;
    const count = row.querySelector("[data-step-count]");
    count.textContent = words ? `${words} word${words === 1 ? "" : "s"}` : "";
    count.toggleAttribute("data-long", words > MOST_WORDS);
    if (words > MOST_WORDS) count.textContent += ", long";
  });

  const changed = (text) => {
    number();
    live.textContent = text;
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const insert = (after, text = "") => {
    const row = model.cloneNode(true);
    row.removeAttribute("data-spare");
    box(row).value = text;
    row.querySelector("[data-step-tools]").hidden = false;
    if (after) after.after(row);
    else list.append(row);
    return row;
  };

  for (const spare of list.querySelectorAll("[data-spare]")) spare.remove();
  for (const tools of list.querySelectorAll("[data-step-tools]")) tools.hidden = false;
  add.hidden = false;
  number();

  add.addEventListener("click", () => {
    box(insert()).focus();
    changed(`Step ${rows().length} added.`);
  });
  list.addEventListener("input", (event) => { if (event.target.matches("textarea")) number(); });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
    event.preventDefault();
    const row = event.target.closest("[data-step]");
    const next = row.nextElementSibling ?? insert(row);
    box(next).focus();
    number();
  });
  // Several lines pasted at once become several steps.
  list.addEventListener("paste", (event) => {
    const lines = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.replace(/^\s*(\d+[.)]|[-•])\s*/, "").trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    let row = event.target.closest("[data-step]");
    box(row).setRangeText(lines.shift(), box(row).selectionStart, box(row).selectionEnd, "end");
    for (const line of lines) {
      const next = row.nextElementSibling;
      row = next && !box(next).value ? next : insert(row);
      box(row).value = line;
    }
    box(row).focus();
    changed(`${rows().length} steps.`);
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-step]");
    const move = event.target.closest("[data-step-move]");
    if (event.target.closest("[data-step-remove]")) {
      const beside = row.nextElementSibling ?? row.previousElementSibling;
      if (beside) row.remove();
      else box(row).value = "";
      box(beside ?? row).focus();
      changed("Step removed.");
    } else if (move) {
      const place = rows().indexOf(row) + Number(move.dataset.stepMove);
      if (place < 0 || place >= rows().length) return;
      const others = rows().filter((other) => other !== row);
      list.insertBefore(row, others[place] ?? null);
      move.focus();
      changed(`Now step ${place + 1} of ${rows().length}.`);
    }
  });
}
