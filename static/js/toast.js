// Toasts leave by themselves, but wait while they are read (hover or focus). Fired also by the server:
// HX-Trigger: {"toast": {"text": "Saved.", "icon": "check-circle"}}
const SHORT = 6000;
const LONG = 12000;
const region = document.getElementById("toasts");

function leave(item) {
  item.dataset.leaving = "";
  setTimeout(() => item.remove(), 220);
}

function arm(item) {
  if (item.dataset.armed) return;
  item.dataset.armed = "yes";
  const wait = item.dataset.toast === "long" ? LONG : SHORT;
  let timer = setTimeout(() => leave(item), wait);
  const hold = () => clearTimeout(timer);
  const resume = () => { timer = setTimeout(() => leave(item), wait / 2); };
  item.addEventListener("mouseenter", hold);
  item.addEventListener("focusin", hold);
  item.addEventListener("mouseleave", resume);
  item.addEventListener("focusout", resume);
}

export function toast(text, symbol = "check-circle") {
  if (!region) return;
  const sprite = document.querySelector("use[href*='sprite']")?.getAttribute("href").split("#")[0] ?? "";
  const item = document.createElement("div");
  item.className = "toast-item";
  item.dataset.toast = "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${symbol}`);
  svg.append(use);
  const words = document.createElement("p");
  words.textContent = text;
  item.append(svg, words);
  region.append(item);
}

if (region) {
  region.querySelectorAll("[data-toast]").forEach(arm);
  new MutationObserver(() => {
    const items = [...region.querySelectorAll("[data-toast]")];
    items.forEach(arm);
    // Only the newest stays: a pile of them would lie over the buttons one taps next.
    items.slice(0, -1).filter((item) => !item.contains(document.activeElement)).forEach((item) => item.remove());
  }).observe(region, { childList: true });
  region.addEventListener("click", (event) => {
    const item = event.target.closest("[data-toast-close]")?.closest("[data-toast]");
    if (item) leave(item);
  });
  document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.icon));
}
