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
    group: { name: list.id, put: true },
    handle: "[data-grip]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (!item.querySelector("[data-grip]")) return;
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

// Rows that can be dragged from `source` into `list`: `add(form, position)` gets the form of the row that was taken.
// The row itself stays where it is; what it becomes in the list is the caller's to make.
export function droppable(source, list, add) {
  if (!source || !list || source.dataset.droppable) return;
  source.dataset.droppable = "yes";
  window.Sortable?.create(source, {
    group: { name: `${list.id}-source`, pull: "clone", put: false },
    sort: false,
    filter: "a, button, input, summary",
    preventOnFilter: false,
    delay: 150,
    delayOnTouchOnly: true,
    onEnd: ({ item, clone, to, newIndex }) => {
      if (to !== list) return;
      clone.replaceWith(item);
      add(item.querySelector("form"), newIndex);
    },
  });
}
