// A list whose rows can be put in another order: dragged by [data-grip], or with the arrow keys on it.
// `place(row, position)` is called with the wish; the caller stores it and moves the row with `put`.

export function put(list, row, position) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  const others = [...list.children].filter((other) => other !== row);
  if (list.children[position] !== row) list.insertBefore(row, others[position] ?? null);
  focused?.focus();
}

export function sortable(list, place) {
  if (!list || list.dataset.sortable) return;
  list.dataset.sortable = "yes";
  window.Sortable?.create(list, {
    handle: "[data-grip]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd: ({ item, oldIndex, newIndex }) => {
      item.querySelector("[data-grip]")?.focus();
      if (oldIndex !== newIndex) place(item, newIndex);
    },
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest("[data-grip]")?.closest("[data-item]");
    if (!step || !row) return;
    event.preventDefault();
    const position = [...list.children].indexOf(row) + step;
    if (position >= 0 && position < list.children.length) place(row, position);
  });
}
