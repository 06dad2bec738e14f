// Which <details> are open, over the moment in which a part of the page is replaced by a newer one.
const open = new Set();

export function remember(part) {
  open.clear();
  part.querySelectorAll("details[open][id]:not(.menu)").forEach((details) => open.add(details.id));
}

export function restore(part) {
  open.forEach((id) => part?.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", ""));
  open.clear();
}
