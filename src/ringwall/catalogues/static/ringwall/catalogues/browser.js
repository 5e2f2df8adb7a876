// The tree of a catalogue narrows while one types or chooses, without a request. Without this script the form asks the server.
const normal = (words) => words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

function start(box) {
  const form = box.querySelector("[data-filters]");
  const input = form.elements.namedItem("q");
  const selects = [...form.querySelectorAll("select")];
  const told = form.querySelector("[data-count]");
  const none = box.querySelector("[data-none]");
  const clear = form.querySelector("[data-clear]");
  const asked = input.value.trim();
  const foldWord = document.getElementById("toasts")?.dataset.fold ?? "";
  const lines = [...box.querySelectorAll(".tree > li")].map((line) => ({
    line,
    depth: Number(line.dataset.depth),
    marks: new Set(line.dataset.marks.split(" ")),
    isGroup: "group" in line.dataset,
    isCounted: !("group" in line.dataset || "threat" in line.dataset),
    // What the server found by full text stays found until other words are typed.
    isFound: "found" in line.dataset,
    words: "",
    isFolded: false,
    // What the page shows now, so that only differences are written.
    isHidden: line.hidden,
    isTold: false,
    toggle: null,
  }));
  const total = lines.filter((one) => one.isCounted).length;

  for (const [at, one] of lines.entries()) {
    if (!(lines[at + 1]?.depth > one.depth)) continue;
    const toggle = document.createElement("button");
    toggle.type = "button";
    toggle.className = "tree-toggle";
    toggle.setAttribute("aria-expanded", "true");
    toggle.setAttribute("aria-label", `${foldWord}: ${one.line.querySelector("a").textContent.trim()}`);
    toggle.addEventListener("click", () => {
      one.isFolded = !one.isFolded;
      draw();
    });
    one.toggle = toggle;
    one.line.firstElementChild.prepend(toggle);
  }

  const wordsOf = (one) => (one.words ||= normal(one.line.querySelector("a").textContent));

  function fits(one, marks, words, isAsked) {
    for (const mark of marks) if (!one.marks.has(mark)) return false;
    return (isAsked && one.isFound) || words.every((word) => wordsOf(one).includes(word));
  }

  // A line is shown when it or anything below it fits; below a group that fits by its name all that have the marks.
  function fitting(marks, words, isAsked) {
    const shown = new Set();
    const path = [];
    let hits = 0;
    let named = Infinity;
    for (const one of lines) {
      path.length = one.depth;
      path[one.depth] = one;
      if (one.depth <= named) named = Infinity;
      const isBelowNamed = named < one.depth;
      if (fits(one, marks, isBelowNamed ? [] : words, isAsked)) {
        for (const above of path) if (above) shown.add(above);
        if (one.isCounted) hits += 1;
      }
      if (one.isGroup && words.length && fits(one, [], words, isAsked)) named = Math.min(named, one.depth);
    }
    return { shown, hits };
  }

  function draw() {
    const text = input.value.trim();
    const marks = selects.map((select) => select.selectedOptions[0]?.dataset.mark).filter(Boolean);
    const words = normal(text).split(/\s+/).filter(Boolean);
    const isNarrow = marks.length > 0 || words.length > 0;
    const { shown, hits } = isNarrow ? fitting(marks, words, text === asked && asked !== "") : { shown: null, hits: total };
    let foldedAt = Infinity;
    for (const one of lines) {
      if (one.depth <= foldedAt) foldedAt = Infinity;
      const isHidden = shown ? !shown.has(one) : foldedAt < one.depth;
      if (isHidden !== one.isHidden) one.line.hidden = one.isHidden = isHidden;
      const isFolded = one.isFolded && !shown;
      if (one.toggle && isFolded !== one.isTold) {
        one.toggle.setAttribute("aria-expanded", String(!isFolded));
        one.isTold = isFolded;
      }
      if (isFolded && foldedAt === Infinity) foldedAt = one.depth;
    }
    const number = hits.toLocaleString(document.documentElement.lang);
    told.textContent = isNarrow ? told.dataset.some.replace("{n}", number) : told.dataset.whole;
    none.hidden = !shown || shown.size > 0;
    clear.hidden = !isNarrow;
  }

  // The address always tells what is shown, so that it can be sent to a colleague.
  function remember() {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(history.state, "", query.size ? `?${query}` : location.pathname);
  }

  let waiting = 0;
  input.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  });
  input.addEventListener("change", remember);
  for (const select of selects) {
    select.addEventListener("change", () => {
      draw();
      remember();
    });
  }
  clear.addEventListener("click", (event) => {
    event.preventDefault();
    input.value = "";
    for (const select of selects) select.value = "";
    draw();
    remember();
    input.focus();
  });
  const foldAll = (isFolded) => {
    for (const one of lines) one.isFolded = isFolded && Boolean(one.toggle);
    draw();
  };
  form.querySelector("[data-fold]").addEventListener("click", () => foldAll(true));
  form.querySelector("[data-unfold]").addEventListener("click", () => foldAll(false));
  if (input.value || selects.some((select) => select.value)) draw();
}

document.querySelectorAll("[data-catalogue]").forEach(start);
