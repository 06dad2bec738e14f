// The movement of a drawing, on request: the picture runs in place of the last still; the same button pauses it.
//
// <div data-figure> <img class="picture">… <a data-figure-move="….svg" data-play="Show the movement" data-pause="Pause">
// Pausing puts the still back. Without JavaScript the link opens the moving drawing.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-figure-move]");
  if (!button) return;
  event.preventDefault();
  const stills = button.closest("[data-figure]").querySelectorAll("figure .picture");
  const picture = stills[stills.length - 1];
  const runs = button.getAttribute("aria-pressed") === "true";
  picture.dataset.still ??= picture.getAttribute("src");
  picture.src = runs ? picture.dataset.still : button.dataset.figureMove;
  button.setAttribute("aria-pressed", String(!runs));
  button.querySelector("span").textContent = runs ? button.dataset.play : button.dataset.pause;
  button.querySelector("use")?.setAttribute("href", button.querySelector("use").getAttribute("href").replace(/#.*/, runs ? "#play-fill" : "#pause-fill"));
});

// With reduced motion the drawing would stand still: the button would do nothing that can be seen.
for (const button of document.querySelectorAll("[data-figure-move]")) {
  button.setAttribute("role", "button");
  button.setAttribute("aria-pressed", "false");
  button.closest("p").hidden = calm.matches;
}
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches?.("[data-figure-move]")) {
    event.preventDefault();
    event.target.click();
  }
});
