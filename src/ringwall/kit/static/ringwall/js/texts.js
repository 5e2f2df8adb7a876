// Words come translated from the page; see kit/texts.html.
const words = document.getElementById("texts")?.dataset ?? {};
const holder = document.getElementById("toasts");

export function text(key, value) {
  const found = words[key] ?? "";
  return value === undefined ? found : found.replace("%s", String(value));
}

export function toast(told, tone = "good") {
  if (!holder || !told) return;
  const box = document.createElement("div");
  box.className = `toast toast-${tone}`;
  box.dataset.toast = "";
  const line = document.createElement("p");
  line.textContent = told;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-quiet button-icon";
  close.dataset.close = "";
  close.setAttribute("aria-label", text("close"));
  close.textContent = "×";
  box.append(line, close);
  holder.append(box);
  expire(box);
}

// A message that reports a failure stays until it is closed.
function expire(box) {
  if (/toast-(bad|error|warn|warning)/.test(box.className)) return;
  const later = () => setTimeout(() => (box.matches(":hover, :focus-within") ? later() : box.remove()), 5000);
  later();
}

holder?.querySelectorAll("[data-toast]").forEach(expire);
document.addEventListener("click", (event) => event.target.closest?.("[data-close]")?.closest("[data-toast]")?.remove());
