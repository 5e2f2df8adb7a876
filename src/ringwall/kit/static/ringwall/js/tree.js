// A long tree narrows while one types and folds branch by branch; without script it stands open.
import { text } from "./texts.js";

const normal = (words) => words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

function build(box) {
  const list = box.querySelector(".tree");
  const lines = [...list.children].map((line) => ({
    line,
    depth: Number(line.dataset.depth),
    words: normal(line.textContent),
    folded: false,
    toggle: null,
  }));
  lines.forEach((one, at) => {
    if (!(lines[at + 1]?.depth > one.depth)) return;
    one.toggle = document.createElement("button");
    one.toggle.type = "button";
    one.toggle.className = "tree-toggle";
    one.toggle.setAttribute("aria-expanded", "true");
    const name = one.line.querySelector(".tree-line > :is(a, span)").textContent.trim();
    one.toggle.setAttribute("aria-label", `${text("fold")}: ${name}`);
    one.toggle.addEventListener("click", () => {
      one.folded = !one.folded;
      draw();
    });
    one.line.firstElementChild.prepend(one.toggle);
  });

  const input = box.querySelector("[data-tree-input]");
  const told = box.querySelector("[data-tree-count]");
  const none = box.querySelector("[data-tree-none]");

  // A line is shown when it or anything below it fits; a branch that fits keeps what is below it.
  function fitting(wanted) {
    const shown = new Set();
    const path = [];
    let hits = 0;
    let keepBelow = Infinity;
    for (const one of lines) {
      path.length = one.depth;
      path[one.depth] = one;
      if (one.depth <= keepBelow) keepBelow = Infinity;
      const fits = wanted.every((word) => one.words.includes(word));
      if (fits) {
        hits += 1;
        path.forEach((above) => shown.add(above));
        if (one.toggle) keepBelow = Math.min(keepBelow, one.depth);
      } else if (keepBelow < one.depth) shown.add(one);
    }
    return { shown, hits };
  }

  function draw() {
    const wanted = normal(input.value).split(/\s+/).filter(Boolean);
    const { shown, hits } = wanted.length ? fitting(wanted) : { shown: null, hits: lines.length };
    let foldedAt = Infinity;
    for (const one of lines) {
      if (one.depth <= foldedAt) foldedAt = Infinity;
      one.line.hidden = shown ? !shown.has(one) : foldedAt < one.depth;
      const isFolded = one.folded && !shown;
      one.toggle?.setAttribute("aria-expanded", String(!isFolded));
      if (isFolded && foldedAt === Infinity) foldedAt = one.depth;
    }
    told.textContent = wanted.length ? `${hits} / ${lines.length}` : "";
    none.hidden = hits > 0;
  }

  function foldAll(folded) {
    for (const one of lines) one.folded = folded && Boolean(one.toggle);
    draw();
  }

  input.addEventListener("input", draw);
  box.querySelector("[data-tree-fold]").addEventListener("click", () => foldAll(true));
  box.querySelector("[data-tree-unfold]").addEventListener("click", () => foldAll(false));
  if (input.value) draw();
}

document.querySelectorAll("[data-tree]").forEach(build);
