// What every htmx request shares: clean addresses, told failures, messages that the server sends along.
import { text, toast } from "./texts.js";

const REASONS = { 0: "offline", 403: "denied", 404: "gone", 409: "conflict", 412: "conflict", 413: "large" };
const body = document.body;

// An empty filter is no filter: leave it out, so that the address of a view stays short enough to send.
body.addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters } = event.detail;
  if (verb !== "get") return;
  for (const key of Object.keys(parameters)) {
    const values = [parameters[key]].flat();
    if (values.every((value) => value === "")) delete parameters[key];
  }
});

// A choice of appearance shows at once and is stored in the background; only a failure is told.
export async function storeQuietly(form, button) {
  const sent = { method: "POST", body: new FormData(form, button), redirect: "manual" };
  const response = await fetch(form.action, sent).catch(() => null);
  if (!response) toast(text("offline"), "bad");
  else if (!response.ok && response.type !== "opaqueredirect") toast(text(REASONS[response.status] ?? "failed"), "bad");
}

body.addEventListener("htmx:responseError", (event) => {
  toast(text(REASONS[event.detail.xhr.status] ?? "failed"), "bad");
});
body.addEventListener("htmx:sendError", () => toast(text("offline"), "bad"));
body.addEventListener("htmx:timeout", () => toast(text("offline"), "bad"));

// HX-Trigger: saved, or {"saved": "Owner saved"}, or {"toast": {"text": "…", "tone": "warn"}}.
body.addEventListener("saved", (event) => {
  const words = event.detail?.value;
  toast(typeof words === "string" && words ? words : text("saved"));
});
body.addEventListener("toast", (event) => toast(event.detail?.text ?? event.detail?.value, event.detail?.tone));
