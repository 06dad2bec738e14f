// A form with data-dirty warns before the page is left with unsaved changes, and says so in [data-dirty-note].
const dirty = new Set();

function mark(form, changed) {
  if (changed) dirty.add(form);
  else dirty.delete(form);
  const note = form.querySelector("[data-dirty-note]");
  if (note) note.hidden = !changed;
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-dirty]");
  if (form) mark(form, true);
});
document.addEventListener("submit", (event) => mark(event.target, false));
document.addEventListener("reset", (event) => mark(event.target, false));
window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (form.isConnected) return event.preventDefault();
  return undefined;
});
