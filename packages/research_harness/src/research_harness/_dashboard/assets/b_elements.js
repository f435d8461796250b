// Elements and texts. Whatever comes from a run is set by textContent only.
function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "max" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((each) => each !== null && each !== undefined));
  return element;
}
const count = (n) => (Number.isFinite(n) ? Math.round(n).toLocaleString("en-US") : "–");
const share = (x) => (Number.isFinite(x) ? (100 * x).toFixed(1) + " %" : "–");
const usd = (x) => (Number.isFinite(x) ? "$" + (x >= 100 ? x.toFixed(0) : x >= 0.1 || x === 0 ? x.toFixed(2) : x.toPrecision(2)) : "–");
const ms = (x) => (!Number.isFinite(x) ? "–" : x >= 10000 ? (x / 1000).toFixed(1) + " s" : x >= 100 ? count(x) + " ms" : x.toPrecision(3) + " ms");
function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  const s = Math.round(seconds), h = Math.floor(s / 3600), m = Math.floor((s % 3600) / 60);
  return h ? `${h} h ${m} min` : m ? `${m} min ${s % 60} s` : `${s} s`;
}
const cost = (known, unknown) => (unknown ? (known ? `at least ${usd(known)}` : "unknown") : usd(known));
const value = (metric, x) => (metric === "score" ? (Number.isFinite(x) ? x.toFixed(3) : "–") : share(x));
const badge = (state) => make("span", { class: "badge", "data-state": state, text: state === "incomplete" ? "INCOMPLETE" : state });
const runPath = (run) => `#/run/${encodeURIComponent(run)}`;

function cell(name, content, options = {}) {
  const inner = content instanceof Node ? [content] : [];
  return make(options.head ? "th" : "td", { "data-name": name, class: options.text ? "text" : options.class,
    scope: options.head ? "row" : undefined, dir: options.text ? "auto" : undefined,
    text: inner.length ? undefined : String(content) }, ...inner);
}
function table(names, rows, label) {
  const head = make("tr", {}, ...names.map(([text, left]) => make("th", { scope: "col", class: left ? "text" : undefined, text })));
  return make("div", { class: "scroll" }, make("table", { class: "stack", "aria-label": label }, make("thead", {}, head), make("tbody", {}, ...rows)));
}
function facts(list) {
  return make("dl", { class: "facts" }, ...list.filter(Boolean).map(([name, text, small]) =>
    make("div", {}, make("dt", { text: name }), make("dd", {}, text instanceof Node ? text : document.createTextNode(text),
      small ? make("small", { text: ` ${small}` }) : null))));
}
function progress(done, all, label) {
  return make("progress", { max: Math.max(all || 1, 1), value: Math.min(done || 0, all || 1), "aria-label": label, class: done > all ? "over" : undefined });
}
function range(low, high, estimate) {
  const box = make("div", { class: "range", "aria-hidden": "true" }), inside = make("i"), mark = make("b");
  const at = (x) => `${100 * Math.min(1, Math.max(0, x))}%`;
  if (Number.isFinite(low)) { inside.style.left = at(low); inside.style.width = at(high - low); box.append(inside); }
  if (Number.isFinite(estimate)) { mark.style.left = at(estimate); box.append(mark); }
  return box;
}
// Replaces what is inside only when it differs, so that focus and selection stay.
function show(place, ...children) {
  const next = make("div", {}, ...children);
  if (place.innerHTML === next.innerHTML) return;
  const key = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...next.childNodes);
  if (key) [...place.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key)?.focus();
}
