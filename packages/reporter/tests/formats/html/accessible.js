// Returns what readers with other senses or tools would miss in this page, as texts.
(() => {
  const found = [];
  const say = (rule, element) => found.push(`${rule}: ${element.outerHTML.slice(0, 120)}`);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) =>
    element.checkVisibility?.({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const name = (element) =>
    (element.getAttribute("aria-label") || element.textContent || "").trim();

  if (!document.documentElement.lang) say("language", document.documentElement);
  if (!document.title.trim()) found.push("title: the page has none");

  // Headings: one of level 1, and no level is left out.
  const levels = all("h1, h2, h3, h4, h5, h6").map((each) => Number(each.tagName[1]));
  if (levels.filter((each) => each === 1).length !== 1) found.push("headings: not one h1");
  levels.forEach((each, at) => {
    if (at && each > levels[at - 1] + 1) found.push(`headings: h${each} after h${levels[at - 1]}`);
  });
  all("h1, h2, h3, h4, h5, h6").forEach((each) => name(each) || say("empty heading", each));

  // Landmarks: one main, and no text outside of landmarks and alerts.
  if (all("main").length !== 1) found.push("landmarks: not one main");
  all("nav").forEach((each) => each.getAttribute("aria-label") || say("nav without a name", each));
  for (const each of document.body.children)
    if (!each.matches("main, header, nav, footer, script, [role]")) say("outside of landmarks", each);

  // Names of what can be used or is an image.
  all("a, button, summary, input, select, [role=region], [role=group], svg[role]").forEach(
    (each) => name(each) || say("no name", each),
  );
  const ids = all("[id]").map((each) => each.id);
  if (new Set(ids).size !== ids.length) found.push("ids: not unique");
  for (const each of all("*"))
    if (shown(each) && /auto|scroll/.test(getComputedStyle(each).overflowX))
      if (each.scrollWidth > each.clientWidth + 1 && each.tabIndex < 0) say("keys cannot scroll", each);

  // Tables: heads with a scope for each column and row.
  for (const table of all("table")) {
    all("th", table).forEach((each) => each.scope || say("head without scope", each));
    if (!table.querySelector("thead th")) say("table without heads", table);
    for (const row of all("tbody tr", table)) row.querySelector("th") || say("row without head", row);
  }
  all("ul, ol").forEach((list) =>
    [...list.children].forEach((each) => each.matches("li") || say("not an item", each)),
  );

  // Contrast of texts with what lies below them, as WCAG 2.2 asks: 4.5, or 3 for large texts.
  const channels = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const over = ([r, g, b, a = 1], below) =>
    [r, g, b].map((each, at) => each * a + below[at] * (1 - a));
  const light = (color) => {
    const [r, g, b] = color.map((each) => {
      const share = each / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const below = (element) => {
    if (!element) return [255, 255, 255];
    const color = channels(getComputedStyle(element).backgroundColor);
    return color.length && color[3] !== 0 ? over(color, below(element.parentElement)) : below(element.parentElement);
  };
  // A shape of the drawing that lies below a text of it.
  const shape = (element) => {
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    return document
      .elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
      .find((each) => each.matches("rect, path") && channels(getComputedStyle(each).fill).length);
  };
  const drawn = (element) => {
    const found = element.closest("svg") && shape(element);
    if (!found) return below(element);
    const { fill, fillOpacity, opacity } = getComputedStyle(found);
    const [r, g, b, a = 1] = channels(fill);
    return over([r, g, b, a * fillOpacity * opacity], below(element));
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("script, style, title") || !shown(element))
      continue;
    const style = getComputedStyle(element);
    const ground = drawn(element);
    const ink = over(channels(element.closest("svg") ? style.fill : style.color), ground);
    const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)}`, element);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  return found;
})()
