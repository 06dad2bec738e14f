// A neighbour is typed and then picked from what was found below: by click, arrows and Enter. Escape closes the list.
const field = (element) => element.closest?.("[data-neighbour]");
const items = (place) => [...place.querySelectorAll("[data-pick]")];
const clear = (place) => place.querySelector(".found").replaceChildren();

function pick(button) {
  const place = field(button);
  const input = place.querySelector("input");
  input.value = button.dataset.pick;
  clear(place);
  input.focus();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) pick(button);
  else for (const place of document.querySelectorAll("[data-neighbour]")) if (!place.contains(event.target)) clear(place);
});

document.addEventListener("keydown", (event) => {
  const place = field(event.target);
  if (!place) return;
  const found = items(place);
  if (event.key === "Escape" && found.length) {
    clear(place);
    place.querySelector("input").focus();
  } else if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    if (found.length) pick(found[0]);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const at = found.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    if (!found.length) return;
    event.preventDefault();
    (found[at] ?? place.querySelector("input")).focus();
  }
});

// Tabbing on closes the list.
document.addEventListener("focusout", (event) => {
  const place = field(event.target);
  if (place && event.relatedTarget && !place.contains(event.relatedTarget)) clear(place);
});

// What was found may lie under the bar at the foot of the page.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.matches?.(".found")) detail.target.querySelector(".found-list")?.scrollIntoView({ block: "nearest" });
});
