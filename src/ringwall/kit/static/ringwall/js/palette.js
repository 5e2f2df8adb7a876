// Ctrl K: go to any register, action or record. Pages come from the navigation at once, records from the server.
const dialog = document.getElementById("palette");
const field = document.getElementById("palette-q");
const pages = document.getElementById("palette-pages");
const SHOWN = 8;

export function openPalette() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  field.select();
  listPages();
}

function candidates() {
  const actions = document.querySelectorAll(".page-actions a.button");
  const links = document.querySelectorAll("#navigation a[data-label], .organisation .menu-panel a");
  return [...actions, ...links].map((link) => ({
    label: (link.dataset.label ?? link.textContent).trim(),
    url: link.href,
    sign: link.querySelector("svg"),
  }));
}

function listPages() {
  const wanted = field.value.trim().toLowerCase();
  const fits = candidates().filter(({ label }) => label.toLowerCase().includes(wanted)).slice(0, SHOWN);
  const list = pages.querySelector("ul");
  list.replaceChildren(...fits.map(({ label, url, sign }) => {
    const link = document.createElement("a");
    link.href = url;
    if (sign) link.append(sign.cloneNode(true));
    link.append(label);
    const line = document.createElement("li");
    line.append(link);
    return line;
  }));
  pages.hidden = fits.length === 0;
  if (!wanted) document.getElementById("palette-results").replaceChildren();
}

function move(step) {
  const links = [...dialog.querySelectorAll(".results a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at + step;
  (next < 0 ? field : links[Math.min(next, links.length - 1)]).focus();
}

// The best hit is what Enter in the field opens; without one the form goes to the page of results.
function openFirst(event) {
  const first = dialog.querySelector(".results a");
  if (!first || !field.value.trim()) return;
  event.preventDefault();
  first.click();
}

if (dialog) {
  field.addEventListener("input", listPages);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && event.target === field) {
      openFirst(event);
    } else if (event.key.length === 1 && event.target.matches(".results a") && !event.ctrlKey && !event.metaKey) {
      field.focus();
    }
  });
  // The field in the top bar is a real search form; with script it opens the palette and passes on what was typed.
  const opener = document.querySelector("[data-opens-palette]");
  opener?.addEventListener("mousedown", (event) => {
    event.preventDefault();
    openPalette();
  });
  opener?.addEventListener("input", () => {
    field.value = opener.value;
    opener.value = "";
    openPalette();
    field.setSelectionRange(field.value.length, field.value.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
