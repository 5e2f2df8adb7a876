// A field that names another record: <input data-suggest="URL"> offers what the server finds for ?q=.
// Or <input data-kind="asset">, asked at the page's own suggestions.
// With data-multiple the field takes several references, divided by commas.
import { text } from "./texts.js";

const DELAY = 150;
const NAMES_RECORDS = "[data-suggest], [data-kind]";
const addressOf = (input) => input.dataset.suggest ?? `${document.body.dataset.suggestRoot}${input.dataset.kind}/`;
let list = null;
let field = null;
let timer = 0;
let asked = "";

function term() {
  const value = field.value;
  return (field.hasAttribute("data-multiple") ? value.slice(value.lastIndexOf(",") + 1) : value).trim();
}

function prepare(input) {
  if (field === input) return;
  close();
  field = input;
  field.setAttribute("role", "combobox");
  field.setAttribute("autocomplete", "off");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
}

async function ask() {
  const input = field;
  const wanted = term();
  asked = wanted;
  const url = new URL(addressOf(input), location.href);
  url.searchParams.set("q", wanted);
  const response = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok || field !== input || asked !== wanted || document.activeElement !== input) return;
  show(await response.text());
}

function show(html) {
  list ??= build();
  list.innerHTML = html;
  const options = [...list.children];
  options.forEach((option, number) => {
    option.id = `suggestion-${number}`;
  });
  if (!options.length) return close();
  (field.closest("main") ?? document.body).append(list);
  place();
  field.setAttribute("aria-controls", "suggestions");
  field.setAttribute("aria-expanded", "true");
  list.hidden = false;
}

function build() {
  const made = document.createElement("ul");
  made.id = "suggestions";
  made.className = "suggestions";
  made.setAttribute("role", "listbox");
  made.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  return made;
}

function place() {
  list.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() || text("suggestions", list.children.length));
  const box = field.getBoundingClientRect();
  list.style.left = `${box.left + scrollX}px`;
  list.style.top = `${box.bottom + scrollY + 4}px`;
  list.style.minWidth = `${box.width}px`;
}

function close() {
  clearTimeout(timer);
  asked = "";
  if (list) list.hidden = true;
  field?.setAttribute("aria-expanded", "false");
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

function take(option) {
  const value = option.dataset.value;
  if (field.hasAttribute("data-multiple")) {
    const before = field.value.slice(0, field.value.lastIndexOf(",") + 1);
    field.value = `${before}${before ? " " : ""}${value}, `;
  } else {
    field.value = value;
  }
  close();
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function mark(step) {
  const options = [...list.children];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length];
  options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
  field.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("input", (event) => {
  if (!event.target.matches(NAMES_RECORDS)) return;
  prepare(event.target);
  clearTimeout(timer);
  timer = setTimeout(ask, DELAY);
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(NAMES_RECORDS)) return;
  const isOpen = list && !list.hidden && field === event.target;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (isOpen) mark(event.key === "ArrowDown" ? 1 : -1);
    else {
      prepare(event.target);
      ask();
    }
  } else if (isOpen && event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (isOpen && (event.key === "Enter" || event.key === "Tab")) {
    const option = list.querySelector("[aria-selected=true]");
    if (!option) return close();
    if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
    }
    take(option);
  }
}, true);

document.addEventListener("focusout", (event) => {
  if (event.target === field) close();
});
