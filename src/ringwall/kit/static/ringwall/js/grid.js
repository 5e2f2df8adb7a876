// A register as a grid: one cell can be reached by Tab, arrows move from there (WAI-ARIA grid pattern).
import { startEdit } from "./editing.js";
import { clearSelection, extendTo, toggleRow } from "./selection.js";

const PAGE = 10;
const grid = () => document.querySelector("table[data-grid]");
let place = { row: 0, column: 0 };

const rowsOf = (table) => [...table.tBodies[0].rows];
const cellsOf = (row) => [...row.cells];

function prepare() {
  const table = grid();
  if (!table) return;
  table.setAttribute("role", "grid");
  table.setAttribute("aria-readonly", "true");
  if (table.querySelector('input[name="ids"]')) table.setAttribute("aria-multiselectable", "true");
  for (const one of table.tBodies[0].querySelectorAll("a, input[name=ids]")) one.tabIndex = -1;
  for (const cell of table.querySelectorAll("[data-edit]")) cell.setAttribute("aria-readonly", "false");
  place = { row: 0, column: Math.min(1, (table.tBodies[0].rows[0]?.cells.length ?? 1) - 1) };
  const first = cellAt(table, place);
  if (first) first.tabIndex = 0;
}

function cellAt(table, { row, column }) {
  const found = rowsOf(table)[row];
  return found ? cellsOf(found)[Math.min(column, found.cells.length - 1)] : null;
}

export function focusCell(cell) {
  const table = cell?.closest("table[data-grid]");
  if (!table) return;
  const old = table.querySelector('tbody [tabindex="0"]:is(td, th)');
  old?.removeAttribute("tabindex");
  place = { row: rowsOf(table).indexOf(cell.parentElement), column: cell.cellIndex };
  cell.tabIndex = 0;
  cell.querySelectorAll("a, input[name=ids]").forEach((one) => {
    one.tabIndex = -1;
  });
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  unhide(cell);
}

// scrollIntoView does not know the sticky head and first columns: a cell below them is moved free.
function unhide(cell) {
  const box = cell.closest(".table-scroll");
  const table = cell.closest("table");
  const head = table.tHead.rows[0].getBoundingClientRect();
  const top = cell.getBoundingClientRect().top - head.bottom;
  if (top < 0) box.scrollTop += top;
  const named = cell.parentElement.querySelector('th[scope="row"]');
  if (!named || cell === named || cell.classList.contains("cell-tick")) return;
  const left = cell.getBoundingClientRect().left - named.getBoundingClientRect().right;
  if (left < 0) box.scrollLeft += left;
}

export function moveFrom(cell, rowStep, columnStep) {
  const table = cell.closest("table");
  const rows = rowsOf(table);
  const row = Math.max(0, Math.min(rows.length - 1, rows.indexOf(cell.parentElement) + rowStep));
  const column = Math.max(0, Math.min(rows[row].cells.length - 1, cell.cellIndex + columnStep));
  focusCell(rows[row].cells[column]);
  return rows[row].cells[column];
}

const MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-PAGE, 0],
  PageDown: [PAGE, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

function open(cell, event) {
  if (cell.hasAttribute("data-edit")) return startEdit(cell);
  const link = cell.querySelector("a");
  if (link) link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey }));
  else cell.querySelector("input[name=ids]")?.click();
}

document.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!cell.matches?.("table[data-grid] tbody :is(td, th)") || event.altKey) return;
  const row = cell.parentElement;
  let isDone = true;
  if (event.key in MOVES) {
    const [down, right] = MOVES[event.key];
    const far = event.ctrlKey || event.metaKey;
    const next = moveFrom(cell, far && (down || !Number.isFinite(right)) ? Math.sign(down || right) * Infinity : down, right);
    if (event.shiftKey && down) extendTo(row, next.parentElement);
  } else if (event.key === "Enter") open(cell, event);
  else if (event.key === "F2" && cell.hasAttribute("data-edit")) startEdit(cell);
  else if (event.key === " ") toggleRow(row, event.shiftKey);
  else if (event.key === "Escape") isDone = clearSelection();
  else isDone = false;
  if (isDone) event.preventDefault();
});

document.addEventListener("mousedown", (event) => {
  const cell = event.target.closest?.("table[data-grid] tbody :is(td, th)");
  if (!cell || cell.classList.contains("cell-edit") || event.target.closest("a, input, label, select, textarea")) return;
  if (event.shiftKey) event.preventDefault();
  focusCell(cell);
  if (event.shiftKey && cell.parentElement) toggleRow(cell.parentElement, true);
});

document.addEventListener("register:shown", prepare);
prepare();
