// Rows are selected by their boxes, so the form of bulk actions works without script; Shift takes a range.
import { text } from "./texts.js";

let anchor = null;

export const boxes = () => [...document.querySelectorAll('#register tbody input[name="ids"]')];

export function selectRange(from, to, checked = true) {
  const all = boxes();
  const [low, high] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (low < 0) return;
  for (const box of all.slice(low, high + 1)) box.checked = checked;
  tell();
}

export function toggleRow(row, isRange = false) {
  const box = row?.querySelector('input[name="ids"]');
  if (!box) return;
  if (isRange && anchor?.isConnected) {
    selectRange(anchor, box);
    return;
  }
  box.checked = !box.checked;
  anchor = box;
  tell();
}

export function extendTo(fromRow, toRow) {
  const from = fromRow?.querySelector('input[name="ids"]');
  const to = toRow?.querySelector('input[name="ids"]');
  if (!from || !to) return;
  if (!anchor?.isConnected || !from.checked) anchor = from;
  for (const box of boxes()) box.checked = false;
  selectRange(anchor, to);
}

export function clearSelection() {
  const hadAny = boxes().some((box) => box.checked);
  for (const box of boxes()) box.checked = false;
  tell();
  return hadAny;
}

function tell() {
  const all = boxes();
  const count = all.filter((box) => box.checked).length;
  for (const box of all) box.closest("tr").toggleAttribute("aria-selected", box.checked);
  for (const row of document.querySelectorAll("#register tr[aria-selected]")) row.setAttribute("aria-selected", "true");
  const head = document.querySelector("[data-select-all]");
  if (head) {
    head.checked = count > 0 && count === all.length;
    head.indeterminate = count > 0 && count < all.length;
  }
  const told = document.querySelector("[data-bulk-count]");
  if (told) told.textContent = count === 1 ? text("selectedOne") : text("selected", count);
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.matches("[data-select-all]")) {
    for (const box of boxes()) box.checked = target.checked;
    tell();
  } else if (target.closest?.("[data-select-none]")) {
    clearSelection();
  } else if (target.matches('#register input[name="ids"]')) {
    if (event.shiftKey && anchor?.isConnected) selectRange(anchor, target, target.checked);
    anchor = target;
    tell();
  }
});
document.addEventListener("register:shown", tell);
