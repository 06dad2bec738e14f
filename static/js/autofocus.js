// After a failed form the reader lands on the list of errors, also after an htmx swap.
const land = (root) => root.querySelector("[data-autofocus]")?.focus();

land(document);
document.addEventListener("htmx:afterSwap", (event) => land(event.target));
