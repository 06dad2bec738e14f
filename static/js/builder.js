// The program builder. Each change is one small request, sent one after the other with the newest revision, so
// nothing typed meanwhile is lost. The server answers with what differs; rows move, appear and go here.
import { droppable, put, sortable } from "./sortable-list.js";
import { remember, restore } from "./open-details.js";
import { toast } from "./toast.js";

const builder = document.getElementById("builder");
const live = document.getElementById("builder-live");
const REFUSED = [409, 422];
let revision = builder.dataset.revision;
let home = "";

const rows = () => document.getElementById("program-items");
const row = (item) => document.getElementById(`item-${item}`);
const isOurs = (element) => builder.contains(element) || element?.closest?.("[data-undo]");
const say = (text) => { live.textContent = ""; if (text) setTimeout(() => { live.textContent = text; }, 50); };

function place(moved, position) {
  const form = moved.querySelector("form.builder-move");
  window.htmx.ajax("POST", form.getAttribute("hx-post"), { source: form, swap: "none", values: { position } });
}

// An exercise dropped from the library: its own form adds it, at this place.
function add(form, position) {
  if (!form) return;
  form.dataset.position = position;
  form.requestSubmit();
}

function landBeside(gone) {
  const neighbour = gone.nextElementSibling ?? gone.previousElementSibling;
  (neighbour?.querySelector("[data-remove]") ?? document.getElementById("pick-q"))?.focus();
}

const after = {
  add({ item, position }) {
    const added = row(item);
    if (added) put(rows(), added, position);
  },
  move({ item, position }) {
    const moved = row(item);
    if (!moved) return;
    put(rows(), moved, position);
    say(`${moved.dataset.name} is now ${position + 1} of ${rows().children.length}.`);
  },
  remove({ item }) {
    const gone = row(item);
    if (!gone) return;
    if (gone.contains(document.activeElement)) landBeside(gone);
    gone.remove();
  },
  update({ item }) {
    row(item)?.querySelectorAll(".field-error").forEach((fault) => fault.remove());
    row(item)?.querySelectorAll(".is-invalid").forEach((field) => {
      field.classList.remove("is-invalid");
      field.removeAttribute("aria-invalid");
    });
    // What is stored is where typing starts from, also for the field's own undo.
    row(item)?.querySelectorAll("form input").forEach((field) => {
      if (field !== document.activeElement && field.type !== "hidden") field.defaultValue = field.value;
    });
  },
};

document.body.addEventListener("program:changed", ({ detail }) => {
  revision = String(detail.revision);
  say(detail.say);
  after[detail.did]?.(detail);
});

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "post" || !isOurs(detail.elt)) return;
  detail.parameters.revision = revision;
  if ("position" in detail.elt.dataset) {
    detail.parameters.position = detail.elt.dataset.position;
    delete detail.elt.dataset.position;
  }
});

// A conflict or a fault comes with the fresh state and is shown.
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id === "builder-panel") remember(detail.target);
  home = homeOf(document.activeElement);
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

function ready() {
  sortable(rows(), place);
  droppable(document.querySelector("#picks .picks"), rows(), add);
}

// A part may be new as a whole; the reader stays where they were, or at its head when their place is gone.
function homeOf(element) {
  if (!element || element === document.body) return "";
  const under = element.closest("[data-under]");
  if (under) return `#${CSS.escape(under.id)} h4`;
  return element.closest("#picks") ? "#pick-q" : "#builder-panel h2";
}

document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  restore(document.getElementById("builder-panel"));
  ready();
  if (home && document.activeElement === document.body) document.querySelector(home)?.focus();
  if (detail.target?.matches("[data-under]") && !detail.target.contains(document.activeElement)) {
    detail.target.querySelector("h4")?.focus();
    detail.target.scrollIntoView({ block: "nearest" });
  }
});

// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), also with the command key; inside a field being typed in, the field's own.
document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea")) {
    if (event.target.value !== event.target.defaultValue || !builder.contains(event.target)) return;
  }
  const again = key === "y" || event.shiftKey;
  const button = document.getElementById(again ? "redo-last" : "undo-last");
  if (!button) return;
  event.preventDefault();
  if (!button.disabled) button.form.requestSubmit(button);
});

document.addEventListener("click", (event) => {
  const undo = event.target.closest("[data-undo] .toast-action");
  if (undo) setTimeout(() => undo.closest("[data-toast]")?.remove(), 400);
  const close = event.target.closest("[data-close-under]");
  if (!close) return;
  const under = close.closest("[data-under]");
  if (!under) return;
  const owner = under.closest("[data-item]");
  under.replaceChildren();
  (owner.querySelector(".variant-link") ?? owner.querySelector(".menu > summary"))?.focus();
});

ready();

// Own days: a usual number stands in the field at once; days of the week are waited for before anything is sent.
const USUAL_DAYS = { every_days: "2", times_per_week: "3" };
document.addEventListener("change", (event) => {
  if (event.target.name !== "own") return;
  const own = event.target.value;
  const form = event.target.form;
  if (own in USUAL_DAYS) form.elements[own].value ||= USUAL_DAYS[own];
  if (own !== "weekdays" || form.querySelector("[name=weekdays]:checked")) return;
  event.stopPropagation();
  form.querySelector("[name=weekdays]").focus();
}, true);
