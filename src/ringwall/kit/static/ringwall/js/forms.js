// Forms: told before unsaved changes are lost, sent once, the first problem in sight.
const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) dirty.add(form);
});
document.addEventListener("submit", (event) => dirty.delete(event.target));
addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (form.isConnected) event.preventDefault();
});

// A second press while the first is on its way would store twice where the server could not know.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Radios that only choose what is shown are no part of the form.
document.addEventListener("formdata", (event) => {
  for (const field of event.target.querySelectorAll("[data-ignore]")) event.formData.delete(field.name);
});

document.querySelector("[data-focus-first]")?.focus();
