// The drawer on narrow screens. Without this script the links open it by :target.
const nav = document.getElementById("sidenav");

function set(open, opener) {
  nav.toggleAttribute("data-open", open);
  for (const link of document.querySelectorAll("[data-nav-open]")) link.setAttribute("aria-expanded", String(open));
  if (open) nav.querySelector("a, button")?.focus();
  else opener?.focus();
}

if (nav) {
  let opener = null;
  document.addEventListener("click", (event) => {
    const open = event.target.closest("[data-nav-open]");
    if (!open && !event.target.closest("[data-nav-close]")) return;
    event.preventDefault();
    if (open) opener = open;
    set(Boolean(open), opener);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && nav.hasAttribute("data-open")) set(false, opener);
  });
}
