// The patient's day. Everything here also works as plain forms; this adds instant reasons, a fresh id for each
// write, another try when the line is bad, and a place for the reader to land.
import "./pain-scale.js";
import { toast } from "./toast.js";

const TRIES = 4;
const PAUSE = 2000;
let lastCard = null;

function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// "Skip" opens its reasons in place instead of asking the server for them.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-reveal]");
  if (!opener) return;
  event.preventDefault();
  const panel = document.getElementById(opener.dataset.reveal);
  panel.hidden = !panel.hidden;
  opener.setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) panel.querySelector("button")?.focus({ preventScroll: true });
  if (!panel.hidden) panel.scrollIntoView({ block: "nearest" });
});

// One id for one write: a second try of the same write carries the same id, another answer a new one.
const pending = new WeakMap();

document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt;
  if (!(form instanceof HTMLFormElement) || !form.elements.client_uuid) return;
  const values = new URLSearchParams(new FormData(form, form.contains(event.detail.triggeringEvent?.submitter) ? event.detail.triggeringEvent.submitter : null));
  values.delete("client_uuid");
  const body = values.toString();
  const write = pending.get(form);
  const id = write?.body === body ? write.id : freshId();
  pending.set(form, { body, id, submitter: event.detail.triggeringEvent?.submitter, tries: write?.body === body ? write.tries : 0 });
  event.detail.parameters.client_uuid = id;
  lastCard = form.closest("[data-card]")?.id ?? null;
});

document.addEventListener("htmx:sendError", (event) => {
  const form = event.detail.elt;
  const write = pending.get(form);
  if (!write) return;
  write.tries += 1;
  if (write.tries === 1) toast("Not sent yet. Trying again.", "cloud-slash");
  if (write.tries >= TRIES) {
    toast("Not sent. Please try again when you are back on-line.", "cloud-slash");
    write.tries = 0;
    return;
  }
  setTimeout(() => form.isConnected && form.requestSubmit(write.submitter), PAUSE * write.tries);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) {
    pending.delete(event.detail.elt);
    event.detail.elt.closest?.("[data-undo]")?.closest("[data-toast]")?.remove();
  }
});

// A refused write comes back with its sentence; show it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// The pressed button is gone after its card was drawn anew: the reader goes on at the card.
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement !== document.body || !lastCard) return;
  document.getElementById(lastCard)?.focus({ preventScroll: true });
});
