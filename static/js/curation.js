// The exercise editor: steps, neighbours, and links that lead to what is missing.
import "./curation-steps.js";
import "./curation-neighbours.js";

// A link of the panel puts the cursor where the piece belongs.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".gaps-list a[href^='#'], .error-summary a[href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  const field = place.matches("input, textarea, select") ? place : place.closest("fieldset, div")?.querySelector("textarea, input");
  place.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  (field ?? place).focus({ preventScroll: true });
});
