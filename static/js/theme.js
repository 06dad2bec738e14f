// Auto, light or dark: buttons with data-theme-set. Tells charts by a "themechange" event.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

export const chosenTheme = () => root.dataset.theme ?? "auto";

function show() {
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === chosenTheme()));
  }
}

function choose(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch { /* storage may be closed; the choice then lasts for this page */ }
  show();
  document.dispatchEvent(new CustomEvent("themechange"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-set]");
  if (button) choose(button.dataset.themeSet);
});
system.addEventListener("change", () => document.dispatchEvent(new CustomEvent("themechange")));
show();
