// The explanation of a term stands there while one points at it or is on its link; Escape takes it away.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:is(:hover, :focus-within)")) term.dataset.closed = "";
});

for (const left of ["pointerout", "focusout"]) {
  document.addEventListener(left, (event) => {
    const term = event.target.closest?.(".term[data-closed]");
    if (term && !term.contains(event.relatedTarget)) delete term.dataset.closed;
  });
}
