// What of a page would keep a reader out: one who sees nothing, or has no mouse. After axe-core's rules.
function barriers(page) {
  const view = page.defaultView;
  const text = (element) => (element.getAttribute("aria-label") || element.textContent).trim();
  const found = (rule, selector, bad) =>
    [...page.querySelectorAll(selector)]
      .filter(bad)
      .map((element) => `${rule}: ${element.outerHTML.slice(0, 80)}`);
  const levels = [...page.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1]));
  return [
    ...found("no language", "html", (e) => !e.lang),
    ...found("no title", "html", () => !page.title.trim()),
    ...found("image without a text", "img", (e) => !e.alt),
    ...found("drawing without a text", "[role=img]", (e) => !e.getAttribute("aria-label")?.trim()),
    ...found("drawing that is no image", "svg", (e) => !e.closest("[role=img]")),
    ...found("figure without a caption", "figure", (e) => !e.querySelector("figcaption")),
    ...found("table without a caption", "table", (e) => !e.caption || !text(e.caption)),
    ...found("header of nothing", "th", (e) => !e.hasAttribute("scope") || !text(e)),
    ...found("scrolls by mouse alone", "body *", (e) =>
      /auto|scroll/.test(view.getComputedStyle(e).overflowX) &&
      e.scrollWidth > e.clientWidth && e.tabIndex < 0),
    ...levels.filter((l, i) => l > (levels[i - 1] ?? 0) + 1).map((l) => `h${l} after a gap`),
  ];
}
