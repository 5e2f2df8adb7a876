// One cell becomes its editor: double click or Enter opens, Enter or Tab stores, Escape leaves, an error stays in sight.
import { focusCell, moveFrom } from "./grid.js";

let after = null;

const urlOf = (cell) => `${cell.parentElement.dataset.url}cell/${encodeURIComponent(cell.dataset.key)}/`;
const findAgain = ({ id, key }) => document.querySelector(`#register tr[data-id="${CSS.escape(id)}"] > [data-key="${CSS.escape(key)}"]`);

export function startEdit(cell, value) {
  if (cell.classList.contains("cell-edit") || cell.classList.contains("cell-busy")) return;
  cell.classList.add("cell-busy");
  after = { id: cell.parentElement.dataset.id, key: cell.dataset.key, value, move: null };
  htmx.ajax("GET", urlOf(cell), { target: cell, swap: "outerHTML" }).finally(() => cell.classList.remove("cell-busy"));
}

function control(cell) {
  return cell.querySelector("form :is(input:not([type=hidden]), select, textarea)");
}

function save(form, move = null) {
  if (form.dataset.sent) return;
  const cell = form.closest("td, th");
  after = { id: cell.parentElement.dataset.id, key: cell.dataset.key, move };
  if (!hasChanged(form)) return cancel(form, move);
  form.dataset.sent = "1";
  htmx.trigger(form, "submit");
}

function cancel(form, move = null) {
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  const cell = form.closest("td, th");
  after = { id: cell.parentElement.dataset.id, key: cell.dataset.key, move };
  htmx.ajax("GET", form.dataset.cancel, { target: cell, swap: "outerHTML" });
}

const stateOf = (form) => new URLSearchParams([...new FormData(form)].filter(([key]) => key !== "csrfmiddlewaretoken")).toString();
const hasChanged = (form) => form.dataset.before !== stateOf(form) || Boolean(form.querySelector(".cell-error"));

// Swapped in: an editor takes the focus; a shown value gives it back to the cell, or to the next one.
document.body.addEventListener("htmx:afterSettle", () => {
  if (!after) return;
  const cell = findAgain(after);
  if (!cell) return;
  const { value, move } = after;
  after = null;
  const form = cell.querySelector("[data-cell-form]");
  if (!form) {
    if (move === "none") return;
    focusCell(cell);
    if (move) moveFrom(cell, ...move);
    return;
  }
  form.dataset.before = stateOf(form);
  const field = control(cell);
  if (value !== undefined && field.matches("input:not([type=checkbox]), textarea")) field.value = value;
  field.focus();
  field.select?.();
});

document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest?.("table[data-grid] [data-edit]");
  if (cell && !event.target.closest("a, .cell-edit")) {
    event.preventDefault();
    startEdit(cell);
  }
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (!form || event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    cancel(form);
  } else if (event.key === "Enter" && !(event.target.matches("textarea") && event.shiftKey)) {
    event.preventDefault();
    save(form, [1, 0]);
  } else if (event.key === "Tab") {
    event.preventDefault();
    save(form, [0, event.shiftKey ? -1 : 1]);
  }
});

// Leaving the cell stores what was changed, as in a spreadsheet; a refused value keeps its editor and its message.
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (!form || form.contains(event.relatedTarget) || form.dataset.sent || !document.hasFocus()) return;
  setTimeout(() => {
    if (!form.isConnected || form.contains(document.activeElement) || form.querySelector(".cell-error")) return;
    save(form, "none");
  });
});

// A failed request is told by requests.js; here the editor must become usable again.
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(failure, () => {
    after = null;
    for (const form of document.querySelectorAll("[data-cell-form]")) delete form.dataset.sent;
  });
}
