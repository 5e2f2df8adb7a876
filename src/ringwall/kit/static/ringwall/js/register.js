// A register is swapped whole when it is sorted, filtered or paged; this keeps what the person has open and typed.
import { storeQuietly } from "./requests.js";

const held = { open: [], typed: null, focus: "" };

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  if (target?.id !== "register" || !event.detail.shouldSwap) return;
  held.open = [...target.querySelectorAll("details[id][open]")]
    .filter((one) => one.contains(document.activeElement) || one.querySelector("details[open]"))
    .map((one) => one.id);
  held.focus = target.contains(document.activeElement) ? document.activeElement.id : "";
  const search = target.querySelector("#register-search");
  held.typed = search === document.activeElement ? search.value : null;
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const register = document.getElementById("register");
  if (event.detail.target?.id !== "register" || !register) return;
  for (const id of held.open) {
    const menu = document.getElementById(id);
    if (menu) menu.open = true;
  }
  // htmx gives the focus back before the menu that holds it is open again.
  if (held.open.length && held.focus) document.getElementById(held.focus)?.focus({ preventScroll: true });
  const search = register.querySelector("#register-search");
  // What was typed while the answer was on its way must not be lost, and is asked for next.
  if (search && held.typed !== null && search.value !== held.typed) {
    search.value = held.typed;
    search.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.dispatchEvent(new CustomEvent("register:shown"));
});

// At least one column stays: a table without columns could not be chosen from again.
document.addEventListener("change", (event) => {
  if (event.target.name !== "col") return;
  const boxes = event.target.form.querySelectorAll("input[name=col]");
  if (![...boxes].some((box) => box.checked)) {
    event.target.checked = true;
    event.stopPropagation();
  }
}, true);

// Density shows at once and is remembered in the background; without script the same form is sent as a page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-density]") || !button) return;
  event.preventDefault();
  document.getElementById("register").classList.toggle("is-dense", button.value === "1");
  for (const one of form.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
  storeQuietly(form, button);
});
