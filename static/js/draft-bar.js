// The bar over a draft: its revision, the offered note and the words on the button follow what the server says.
// What the therapist typed into the note stays.
const form = document.getElementById("draft-bar");
const note = form.elements.change_note;
const REFUSED = [409, 422];
const plain = (text) => text.trim().replace(/\s+/g, " ");

function set(name, value) {
  for (const field of document.querySelectorAll(`#draft-bar [name=${name}], #draft-discard [name=${name}]`)) field.value = value;
}

// Each saved change below raises the revision; the bar speaks of the newest.
document.body.addEventListener("program:changed", ({ detail }) => set("revision", detail.revision));

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "draft-parts" || !REFUSED.includes(detail.xhr.status)) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "draft-parts") return;
  const state = detail.target.querySelector("[data-draft-state]").dataset;
  if (plain(note.value) === plain(form.elements.note_was.value)) note.value = state.note;
  set("note_was", state.note);
  set("plan_revision", state.planRevision);
  // Only after a conflict, which says so: until then what this page shows is what is used.
  if (detail.xhr.status === 409) set("revision", state.revision);
  form.querySelector("[data-draft-use]").textContent = state.use;
});
