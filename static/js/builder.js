// The program builder. Each change is one small request, sent one after the other with the newest revision, so
// nothing typed meanwhile is lost. The server answers with what differs; rows move, appear and go here.
import { put, sortable } from "./sortable-list.js";
import { toast } from "./toast.js";

const builder = document.getElementById("builder");
const live = document.getElementById("builder-live");
const REFUSED = [409, 422];
let revision = builder.dataset.revision;

const rows = () => document.getElementById("program-items");
const isOurs = (element) => builder.contains(element) || element?.closest?.("[data-undo]");
const say = (text) => { live.textContent = ""; if (text) setTimeout(() => { live.textContent = text; }, 50); };

function place(row, position) {
  const form = row.querySelector("form.builder-move");
  window.htmx.ajax("POST", form.getAttribute("hx-post"), { source: form, swap: "none", values: { position } });
}

function landBeside(row) {
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  (neighbour?.querySelector("[data-remove]") ?? document.getElementById("pick-q"))?.focus();
}

const after = {
  move({ item, position }) {
    const row = document.getElementById(`item-${item}`);
    if (!row) return;
    put(rows(), row, position);
    say(`${row.dataset.name} is now ${position + 1} of ${rows().children.length}.`);
  },
  remove({ item }) {
    const row = document.getElementById(`item-${item}`);
    if (!row) return;
    if (row.contains(document.activeElement)) landBeside(row);
    row.remove();
  },
  update({ item }) {
    const row = document.getElementById(`item-${item}`);
    row?.querySelectorAll(".field-error").forEach((fault) => fault.remove());
    row?.querySelectorAll(".is-invalid").forEach((field) => {
      field.classList.remove("is-invalid");
      field.removeAttribute("aria-invalid");
    });
  },
};

document.body.addEventListener("program:changed", ({ detail }) => {
  revision = String(detail.revision);
  say(detail.say);
  after[detail.did]?.(detail);
});

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "post" && isOurs(detail.elt)) detail.parameters.revision = revision;
});

// A conflict or a fault comes with the fresh state and is shown.
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!REFUSED.includes(detail.xhr.status)) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

const TROUBLE = {
  "htmx:sendError": "Not saved. Check the connection and load the page again.",
  "htmx:responseError": "Not saved. This page is out of date; load it again.",
};
for (const [name, words] of Object.entries(TROUBLE)) {
  document.body.addEventListener(name, ({ detail }) => {
    if (isOurs(detail.elt)) toast(words, "exclamation-triangle");
  });
}

// The panel may be new as a whole; the reader stays where they were.
document.body.addEventListener("htmx:afterSettle", () => {
  sortable(rows(), place);
  if (document.activeElement === document.body) document.querySelector("#builder-panel h2")?.focus();
});

document.addEventListener("click", (event) => {
  const undo = event.target.closest("[data-undo] .toast-action");
  if (undo) setTimeout(() => undo.closest("[data-toast]")?.remove(), 400);
});

sortable(rows(), place);
