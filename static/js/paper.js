// Typing a filled grid: one key a cell, the next cell comes by itself. The form works without this; it only takes
// longer.
const KEYS = { d: "d", x: "d", y: "d", 1: "d", "✓": "d", p: "p", "/": "p", 2: "p", s: "s", "-": "s", n: "s", 0: "s", 3: "s" };
const form = document.querySelector("[data-paper]");

function start() {
  const cells = [...form.querySelectorAll(".paper-cell")];
  const rows = [...form.querySelectorAll("tbody tr")].map((row) => [...row.children]).filter((row) => row.length > 2);
  const live = form.querySelector("[data-paper-live]");
  const save = form.querySelector("button[type=submit]");
  let last = "d";

  document.documentElement.classList.add("scripted");
  (form.querySelector("[aria-invalid]") ?? cells.find((cell) => !cell.value && !cell.placeholder) ?? cells[0])?.focus();

  function go(cell, step) {
    const next = cells[cells.indexOf(cell) + step];
    if (next) next.focus();
    else if (step > 0) save.focus();
  }

  // The nearest cell above or below that takes an answer.
  function jump(cell, step) {
    const box = cell.closest("td");
    const column = [...box.parentElement.children].indexOf(box);
    const here = rows.findIndex((row) => row.includes(box));
    for (let row = here + step; rows[row]; row += step) {
      const found = rows[row][column]?.querySelector(".paper-cell");
      if (found) return found.focus();
    }
  }

  function mark(cell, value) {
    cell.value = value;
    cell.removeAttribute("aria-invalid");
    cell.closest("td").querySelector(".paper-fault")?.remove();
    cell.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function fillRow(cell) {
    const row = [...cell.closest("tr").querySelectorAll(".paper-cell")];
    const rest = row.slice(row.indexOf(cell));
    rest.forEach((one) => mark(one, last));
    go(rest.at(-1), 1);
  }

  function typedMark(cell) {
    const key = cell.value.trim().toLowerCase();
    if (key === "") return mark(cell, "");
    if (key === "r") return fillRow(cell);
    if (!(key in KEYS)) return refuse(cell, "Type d, p or s.");
    last = KEYS[key];
    mark(cell, last);
    go(cell, 1);
  }

  // "1" may be the beginning of "10", so the next key decides.
  function typedPain(cell) {
    const text = cell.value.trim();
    if (text === "" || text === "1") return mark(cell, text);
    if (/^([0-9]|10)$/.test(text)) {
      mark(cell, text);
      return go(cell, 1);
    }
    const next = cells[cells.indexOf(cell) + 1];
    if (/^1[1-9]$/.test(text) && next) {
      mark(cell, "1");
      next.focus();
      next.value = text[1];
      return typedPain(next);
    }
    refuse(cell, "Type a whole number from 0 to 10.");
  }

  function refuse(cell, sentence) {
    cell.setAttribute("aria-invalid", "true");
    cell.select();
    live.textContent = sentence;
  }

  form.addEventListener("focusin", (event) => {
    if (event.target.matches(".paper-cell")) event.target.select();
  });
  form.addEventListener("input", (event) => {
    const cell = event.target;
    if (!cell.matches(".paper-cell")) return;
    live.textContent = "";
    if ("pain" in cell.dataset) typedPain(cell);
    else typedMark(cell);
  });
  form.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return form.requestSubmit();
    }
    if (!cell.matches(".paper-cell") || event.altKey || event.ctrlKey || event.metaKey) return;
    const moves = { ArrowRight: () => go(cell, 1), ArrowLeft: () => go(cell, -1), Enter: () => go(cell, 1) };
    moves.ArrowUp = () => jump(cell, -1);
    moves.ArrowDown = () => jump(cell, 1);
    if (event.key === "Backspace" && !cell.value) moves.Backspace = () => go(cell, -1);
    if (!(event.key in moves)) return;
    event.preventDefault();
    moves[event.key]();
  });
}

if (form) start();
