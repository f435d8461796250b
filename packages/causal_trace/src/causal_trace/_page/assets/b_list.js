// The list: only the rows in view are in the document.
const HEIGHT = 60, EXTRA = 8, MAX_PRINTED = 2000, pool = new Map();
let asked = false, printing = false;

function badge(event) {
  return el("span", {class: "badge " + event.evidence, title: "kind of evidence"}, EVIDENCE[event.evidence]);
}
function meter(event) {
  if (event.confidence === null) return el("span", {}, event.evidence === "self_reported" ? "not stated" : "");
  const fill = el("i", {});
  fill.style.width = 100 * event.confidence + "%";
  return el("span", {title: "stated confidence"}, el("span", {class: "meter", "aria-hidden": "true"}, fill), " " + event.confidence.toFixed(2));
}
function weight(event) {
  const found = DATA.importance && DATA.importance[event.id];
  if (!found) return null;
  const label = `importance ${found.value.toFixed(2)} [${found.low.toFixed(2)}, ${found.high.toFixed(2)}]`;
  const px = (share) => (70 * Math.max(0, Math.min(1, share))).toFixed(1);
  return svg("svg", {class: "weight", viewBox: "0 0 70 8", role: "img", "aria-label": label},
    svg("title", {}, label), svg("rect", {x: 0, y: 1, width: px(found.value), height: 6, fill: "var(--self_reported)"}),
    svg("path", {d: `M${px(found.low)} 4H${px(found.high)}`, stroke: "var(--fg)", "stroke-width": 1.5}));
}
// Lanes: the trunk and each branch as a line beside the rows, from where a branch leaves to its last event.
const LANE = 14, MOST_LANES = 8;
let lanes = [], laneOf = new Map();
function findLanes() {
  const found = new Map();
  EVENTS.forEach((event, index) => {
    const name = event.branch ?? "";
    if (!found.has(name)) found.set(name, {name, first: index, last: index, fork: byId.get(event.parent_id) ?? -1});
    found.get(name).last = index;
  });
  lanes = found.size > 1 ? [...found.values()].slice(0, MOST_LANES) : [];
  laneOf = new Map(lanes.map((lane, number) => [lane.name, number]));
  for (const lane of lanes) if (!lane.name || lane.fork >= lane.first) lane.fork = -1;
}
const laneNumber = (event) => laneOf.get(event.branch ?? "") ?? MOST_LANES - 1;
function lanesOf(index) {
  if (!lanes.length) return null;
  const event = EVENTS[index], own = laneNumber(event), middle = HEIGHT / 2;
  const x = (number) => 8 + number * LANE;
  const drawing = svg("svg", {class: "lanes", viewBox: `0 0 ${lanes.length * LANE + 4} ${HEIGHT}`, width: lanes.length * LANE + 4, height: HEIGHT, role: "img", "aria-label": event.branch ? "branch " + event.branch.replace(HIDDEN, "·") : "trunk"});
  lanes.forEach((lane, number) => {
    const start = lane.fork < 0 ? lane.first : lane.fork, line = {class: "lane lane" + (number % 5)};
    if (index === lane.fork) {
      drawing.append(svg("path", {...line, d: `M${x(own)} ${middle}C${x(own)} ${HEIGHT} ${x(number)} ${middle} ${x(number)} ${HEIGHT}`}));
    } else if (start <= index && index <= lane.last) {
      const from = index === start ? middle : 0, to = index === lane.last ? middle : HEIGHT;
      if (from < to) drawing.append(svg("path", {...line, d: `M${x(number)} ${from}V${to}`}));
    }
  });
  drawing.append(svg("circle", {class: "lane dot lane" + (own % 5), cx: x(own), cy: middle, r: 4.5}));
  return drawing;
}
function cell(events, index) {
  if (index === null) return el("div", {class: "none"}, "nothing comparable");
  const event = events[index];
  const notes = notesOf(event.id).length;
  return el("div", {},
    el("div", {class: "top"}, el("span", {}, String(index + 1)), badge(event), el("span", {text: words(event.type)}), meter(event), weight(event),
      event.branch ? el("span", {text: "branch " + event.branch}) : null, notes ? el("span", {title: "annotations"}, "✎ " + notes) : null),
    el("div", {class: "what", dir: "auto", text: first(event).slice(0, 300)}));
}
function makeRow(number) {
  const [left, right, status] = rows[number];
  const made = el("div", {class: "row " + (DATA.pairs ? "pair " + status : ""), role: "option", id: "row-" + number, "aria-posinset": number + 1, "aria-setsize": rows.length, "aria-selected": number === selected ? "true" : "false"});
  made.style.top = number * HEIGHT + "px";
  if (DATA.pairs) made.append(cell(EVENTS, left), cell(OTHER, right));
  else {
    const drawing = lanesOf(left);
    if (drawing) { made.append(drawing); made.style.paddingLeft = lanes.length * LANE + 12 + "px"; }
    made.append(...cell(EVENTS, left).childNodes);
  }
  made.addEventListener("click", () => { state.chars = ""; select(number, false, true); });
  return made;
}
function draw() {
  asked = false;
  const list = $("list");
  if (!printing) tops.set(written, list.scrollTop);
  const from = printing ? 0 : Math.max(0, Math.floor(list.scrollTop / HEIGHT) - EXTRA);
  const to = Math.min(rows.length, printing ? MAX_PRINTED : Math.ceil((list.scrollTop + list.clientHeight) / HEIGHT) + EXTRA);
  for (const [number, row] of pool) if (number < from || number >= to) { row.remove(); pool.delete(number); }
  for (let number = from; number < to; number++)
    if (!pool.has(number)) { const row = makeRow(number); pool.set(number, row); list.append(row); }
}
function setPrinting(value) {
  printing = value;
  const printed = Math.min(rows.length, MAX_PRINTED);
  $("list").style.setProperty("--printed", printed * HEIGHT + "px");
  $("printed").textContent = value && printed < rows.length ? ` (the first ${printed} are printed)` : "";
  draw();
}
function askDraw() { if (!asked) { asked = true; requestAnimationFrame(draw); } }
function redraw() {
  for (const row of pool.values()) row.remove();
  pool.clear();
  $("space").style.height = rows.length * HEIGHT + "px";
  draw();
}
function select(number, focus, isStep) {
  if (!rows.length) { selected = -1; showDetail(); return; }
  number = Math.max(0, Math.min(rows.length - 1, number));
  const before = pool.get(selected);
  if (before) before.setAttribute("aria-selected", "false");
  selected = number;
  const [left, right] = rows[number];
  state.event = left !== null ? EVENTS[left].id : OTHER[right].id;
  writeAddress(isStep);
  const list = $("list"), top = number * HEIGHT;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + HEIGHT - list.clientHeight;
  draw();
  pool.get(number).setAttribute("aria-selected", "true");
  list.setAttribute("aria-activedescendant", "row-" + number);
  showDetail();
  if (focus) list.focus({preventScroll: true});
}
function goTo(id, isStep) {
  let number = rows.findIndex(([left, right]) => left !== null ? EVENTS[left].id === id : OTHER[right].id === id);
  if (number < 0 && byId.has(id)) { resetFilters(isStep); isStep = false; number = rows.findIndex(([left]) => left === byId.get(id)); }
  if (number >= 0) select(number, false, isStep);
  return number >= 0;
}
function visit(id) { state.chars = ""; goTo(id, true); }
function pageSize() { return Math.max(1, Math.floor($("list").clientHeight / HEIGHT) - 1); }
function onListKey(event) {
  const moves = {ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: pageSize(), PageUp: -pageSize(), Home: -Infinity, End: Infinity};
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in moves) {
    event.preventDefault();
    const by = moves[event.key];
    state.chars = "";
    select(by === Infinity ? rows.length - 1 : by === -Infinity ? 0 : selected + by, false);
  } else if (event.key === "Enter") { event.preventDefault(); $("detail").focus(); }
}
