// Ctrl V on a register: rows go to the preview, one value goes into the editor of the cell.
import { startEdit } from "./editing.js";
import { isTyping } from "./keys.js";

document.addEventListener("paste", (event) => {
  const table = document.querySelector("table[data-grid]");
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const pasted = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!pasted) return;
  const form = document.getElementById("paste");
  const isRows = /[\t\n]/.test(pasted);
  if (isRows && form) {
    event.preventDefault();
    form.elements.text.value = pasted;
    form.requestSubmit();
    return;
  }
  const cell = document.activeElement;
  if (!isRows && table?.contains(cell) && cell.hasAttribute("data-edit")) {
    event.preventDefault();
    startEdit(cell, pasted);
  }
});
