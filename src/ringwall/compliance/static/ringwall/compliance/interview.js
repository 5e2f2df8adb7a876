// Two people in a room, one keyboard: digits answer, Enter stores and goes on. Without this script the page is a plain form.
import { isTyping } from "../js/keys.js";

const form = document.querySelector("[data-interview]");
const KEPT = "ringwall-asked";

function statements() {
  return [...form.querySelectorAll("[data-statement]")];
}

function current() {
  const inside = document.activeElement?.closest?.("[data-statement], [data-whole]");
  if (inside) return inside;
  return statements().find((one) => !one.querySelector(":checked")) ?? form.querySelector("[data-whole]");
}

function answer(key) {
  const place = current();
  const radio = place?.querySelector(`input[data-key="${key}"]`);
  if (!radio || radio.disabled) return;
  radio.checked = true;
  if (place.matches("[data-whole]")) {
    // The whole speaks for its statements: what was said of them one by one goes.
    for (const one of form.querySelectorAll("[data-statement] :checked")) one.checked = false;
    radio.focus();
    return;
  }
  for (const one of form.querySelectorAll("[data-whole] :checked")) one.checked = false;
  const list = statements();
  const next = list.slice(list.indexOf(place) + 1).find((one) => !one.querySelector(":checked"));
  if (next) focusOn(next);
  else radio.focus();
}

function focusOn(place) {
  (place.querySelector(":checked") ?? place.querySelector("input"))?.focus();
  place.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const list = [...statements(), form.querySelector("[data-whole]")];
  const at = list.indexOf(document.activeElement?.closest?.("[data-statement], [data-whole]"));
  focusOn(list[Math.min(list.length - 1, Math.max(0, at + step))]);
}

if (form) {
  form.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=radio]")) return;
    const others = event.target.closest("[data-whole]") ? "[data-statement]" : "[data-whole]";
    for (const one of form.querySelectorAll(`${others} :checked`)) one.checked = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const store = form.querySelector("[data-store]");
    if (event.key === "Enter" && store && (event.ctrlKey || !isTyping(event.target)) && !event.target.closest("a, button, select")) {
      event.preventDefault();
      form.requestSubmit(store);
      return;
    }
    if (event.ctrlKey || isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur?.();
      return;
    }
    if (/^[1-4]$/.test(event.key)) answer(event.key);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else {
      const key = event.key.toLowerCase();
      const field = form.querySelector(`[data-focus="${key}"]`);
      const link = document.querySelector(`[data-walk="${key}"]`);
      if (field) field.focus();
      else if (link) link.click();
      else return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  // Who sits in the room stays the same from question to question.
  const asked = form.querySelector("[data-keeps]");
  if (asked) {
    if (!asked.value) asked.value = sessionStorage.getItem(KEPT) ?? "";
    form.addEventListener("submit", () => sessionStorage.setItem(KEPT, asked.value));
  }
}

for (const select of document.querySelectorAll("[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
