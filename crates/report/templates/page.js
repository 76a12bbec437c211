
"use strict";
// Without this script the page is whole: boxes lead to the facts of their service, and nothing is hidden.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const facts = document.getElementById("facts");
  const rows = all("main [data-find]").map((element) => ({ element, text: element.textContent.toLowerCase() }));
  const boxes = all("#graph svg a").map((link) => ({ link, name: decodeURIComponent(link.getAttribute("href").slice(1)) }));
  const edges = all("#graph svg g[data-from]");
  const wanted = new Map();

  // What is shown holds the words that are searched for, and is of the kind that is chosen.
  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, text } of rows) {
      const kind = element.dataset.kind;
      const chosen = kind === undefined ? "" : wanted.get(element.closest("section[id]").id) || "";
      element.hidden = !words.every((word) => text.includes(word)) || (chosen !== "" && chosen !== kind);
      shown += element.hidden ? 0 : 1;
    }
    for (const section of all("section[data-kind]")) {
      const chosen = wanted.get(section.parentElement.id) || "";
      section.hidden = chosen !== "" && chosen !== section.dataset.kind;
    }
    for (const { link, name } of boxes) {
      const article = document.getElementById(name);
      link.querySelector(".node").classList.toggle("other", Boolean(article && article.hidden));
    }
    found.textContent = words.length ? `${shown} of ${rows.length} entries` : "";
  };
  find.addEventListener("input", show);
  for (const select of all("select[data-filters]")) {
    select.addEventListener("change", () => {
      wanted.set(select.dataset.filters, select.value);
      show();
    });
  }

  // The facts of a service, beside the graph.
  const tell = (link) => {
    const article = document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
    if (!article) return false;
    facts.replaceChildren(...[...article.childNodes].map((node) => node.cloneNode(true)));
    facts.setAttribute("aria-label", `Facts of ${article.getAttribute("aria-label")}`);
    facts.hidden = false;
    for (const { link: other, name } of boxes) {
      other.classList.toggle("chosen", name === article.id);
    }
    const name = article.getAttribute("aria-label");
    for (const edge of edges) {
      edge.classList.toggle("chosen", edge.dataset.from === name || edge.dataset.to === name);
    }
    facts.focus({ preventScroll: true });
    return true;
  };
  for (const place of [document.querySelector("#graph svg"), facts].filter(Boolean)) {
    place.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link && tell(link)) event.preventDefault();
    });
  }
})();
