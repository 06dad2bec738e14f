// The assignment page: an exercise that was replaced keeps the reader at its place; faults are shown when they come.
let back = null;

document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const row = detail.elt.closest?.("[name='replace']")?.closest("li[id], details");
  back = row?.closest("li[id^='item-']")?.id ?? null;
});

document.body.addEventListener("htmx:afterSettle", () => {
  if (!back) return;
  document.getElementById(back)?.querySelector("[type='checkbox']")?.focus();
  back = null;
});
