// The eleven pain buttons are one stop for the Tab key; arrows, Home and End move along them.
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

function buttonsOf(scale) {
  return [...scale.querySelectorAll("button.pain-option")];
}

function prepare(root) {
  root.querySelectorAll(".pain-scale").forEach((scale) => {
    const buttons = buttonsOf(scale);
    const current = buttons.find((button) => button.getAttribute("aria-pressed") === "true") ?? buttons[0];
    buttons.forEach((button) => { button.tabIndex = button === current ? 0 : -1; });
  });
}

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("button.pain-option");
  if (!button) return;
  const buttons = buttonsOf(button.closest(".pain-scale"));
  const last = buttons.length - 1;
  const here = buttons.indexOf(button);
  let to = { Home: 0, End: last }[event.key];
  if (event.key in KEYS) to = Math.min(last, Math.max(0, here + KEYS[event.key]));
  if (to === undefined) return;
  event.preventDefault();
  buttons.forEach((other, index) => { other.tabIndex = index === to ? 0 : -1; });
  buttons[to].focus();
});

prepare(document);
document.addEventListener("htmx:oobAfterSwap", () => prepare(document));
