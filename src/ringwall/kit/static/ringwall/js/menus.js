// <details class="menu"> opens without script; this closes it as people expect and lets arrows walk through it.
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details.menu") || !menu.open) return;
  for (const other of openMenus()) if (other !== menu && !other.contains(menu)) other.open = false;
  keepInside(menu.querySelector(".menu-panel"));
  menu.querySelector(".menu-panel [autofocus], .menu-panel .field input, .menu-panel .field textarea")?.focus();
}, true);

// A panel that would leave the window is moved back in; measured, because its width depends on the language.
function keepInside(panel) {
  if (!panel || getComputedStyle(panel).position !== "absolute") return;
  panel.style.translate = "";
  const box = panel.getBoundingClientRect();
  const over = Math.max(0, box.right - (document.documentElement.clientWidth - 8)) || Math.min(0, box.left - 8);
  if (over) panel.style.translate = `${-over}px 0`;
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (event.target.matches("input:not([type=checkbox]), textarea, select, [type=radio]")) return;
    const stops = [...menu.querySelectorAll(".menu-panel :is(a[href], button, input, summary)")].filter((one) => one.checkVisibility());
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = stops[(stops.indexOf(event.target) + step + stops.length) % stops.length];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
});

// Long lists of choices narrow while one types.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-narrow-input]")) return;
  event.stopPropagation();
  const wanted = event.target.value.trim().toLowerCase();
  for (const choice of event.target.closest("[data-narrow]").querySelectorAll(".choice")) {
    choice.hidden = wanted !== "" && !choice.textContent.toLowerCase().includes(wanted) && !choice.querySelector(":checked");
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-narrow-input]")) event.stopPropagation();
}, true);
