// Single keys for people who live here. None of them works while one types.
import { toggleNav } from "./frame.js";
import { openPalette } from "./palette.js";

const GO_WITHIN = 1200;
let goUntil = 0;

export function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}

function pageSearch() {
  const field = [...document.querySelectorAll("[data-page-search]")].find((one) => one.checkVisibility());
  if (!field) return openPalette();
  field.focus();
  field.select();
}

function go(letter) {
  const links = [...document.querySelectorAll("#navigation a[data-label]")];
  const found = links.find((link) => link.dataset.go?.toLowerCase().startsWith(letter))
    ?? links.find((link) => link.dataset.label.toLowerCase().startsWith(letter));
  found?.click();
}

const KEYS = {
  "/": pageSearch,
  "?": () => document.getElementById("keyboard")?.showModal(),
  "[": toggleNav,
  n: () => document.querySelector("[data-primary]")?.click(),
  g: () => {
    goUntil = Date.now() + GO_WITHIN;
  },
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (goUntil > Date.now() && /^[a-z]$/.test(event.key)) {
    goUntil = 0;
    event.preventDefault();
    go(event.key);
    return;
  }
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
