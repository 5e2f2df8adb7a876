// Runs before the first paint, so that a folded navigation does not jump: everything else waits for main.js.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    if (localStorage.getItem("ringwall.nav") === "folded") root.dataset.nav = "folded";
  } catch {
    // Storage can be forbidden; then the navigation is simply unfolded.
  }
})();
