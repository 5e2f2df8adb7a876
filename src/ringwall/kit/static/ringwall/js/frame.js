// The frame: navigation that folds and slides in, light and dark without a reload, dialogs that close.
import { storeQuietly } from "./requests.js";

const root = document.documentElement;
const nav = document.getElementById("navigation");
const fold = document.querySelector("[data-fold-nav]");
const narrow = matchMedia("(width < 48rem)");

function remember(value) {
  try {
    localStorage.setItem("ringwall.nav", value);
  } catch {
    // Forbidden storage only means that the choice lasts for this page.
  }
}

function showFold() {
  const folded = root.dataset.nav === "folded";
  fold?.setAttribute("aria-expanded", String(!folded));
  nav?.querySelectorAll("a[data-label]").forEach((link) => {
    if (folded) link.title = link.dataset.label;
    else link.removeAttribute("title");
  });
}

export function toggleNav() {
  if (narrow.matches) return setDrawer(root.dataset.drawer !== "open");
  const folded = root.dataset.nav !== "folded";
  if (folded) root.dataset.nav = "folded";
  else delete root.dataset.nav;
  remember(folded ? "folded" : "open");
  showFold();
}

const opener = document.querySelector(".top-drawer");
const shade = document.querySelector("[data-drawer-shade]");

function setDrawer(open) {
  if (open) root.dataset.drawer = "open";
  else delete root.dataset.drawer;
  shade.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  document.querySelector(".top")?.toggleAttribute("inert", open);
  document.getElementById("main")?.toggleAttribute("inert", open);
  (open ? nav.querySelector("a[aria-current], a") : opener).focus();
}

fold?.addEventListener("click", toggleNav);
showFold();

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-drawer]")) setDrawer(root.dataset.drawer !== "open");
  else if (target === shade) setDrawer(false);
  else if (target.closest("[data-close-dialog]")) target.closest("dialog").close();
  else if (target.matches("dialog")) target.close();
  else if (target.closest("[data-keyboard]")) document.getElementById("keyboard")?.showModal();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.dataset.drawer === "open") setDrawer(false);
});
narrow.addEventListener("change", () => {
  if (root.dataset.drawer === "open") setDrawer(false);
});

// The choice shows at once and is stored in the background; without script the same form is sent as a page.
document.querySelector("[data-theme-form]")?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.value) return;
  event.preventDefault();
  const form = event.currentTarget;
  root.dataset.theme = button.value;
  form.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  storeQuietly(form, button);
});
