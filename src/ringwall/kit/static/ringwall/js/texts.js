// Words come translated from the page; see kit/toasts.html.
const holder = document.getElementById("toasts");

export function text(key, value) {
  const words = holder?.dataset[key] ?? "";
  return value === undefined ? words : words.replace("%s", String(value));
}

export function toast(words, tone = "good") {
  if (!holder || !words) return;
  const box = document.createElement("div");
  box.className = `toast toast-${tone}`;
  box.dataset.toast = "";
  const line = document.createElement("p");
  line.textContent = words;
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
