// Controls, timeline, code, and the start.
const FILTERS = ["q", "type", "evidence", "branch", "code", "low", "high", "since", "until"], CHECKS = ["regex", "stated"];

function options(id, entries) {
  $(id).replaceChildren(...entries.map(([value, text]) => el("option", {value, text})));
}
function counted(key) {
  const counts = new Map();
  for (const event of EVENTS) { const value = key(event); if (value) counts.set(value, (counts.get(value) || 0) + 1); }
  return [...counts].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}
function fillControls() {
  const all = [["", "all"]], shownCount = ([value, count]) => [value, `${words(value)} (${count})`];
  options("type", [...all, ...counted((e) => e.type).map(shownCount), ...counted((e) => e.category).map(([value, count]) => ["=" + value, `category: ${value} (${count})`])]);
  options("evidence", [...all, ...counted((e) => e.evidence).map(([value, count]) => [value, `${EVIDENCE[value]} (${count})`])]);
  options("branch", [...all, ...counted((e) => e.branch ?? "trunk").map(([value, count]) => [value, `${value} (${count})`])]);
  options("code", [...all, ...counted((e) => e.code_section).map(([value, count]) => [value, `${value} (${count})`])]);
}
function showState() {
  for (const id of FILTERS) $(id).value = state[id];
  for (const id of CHECKS) $(id).checked = Boolean(state[id]);
  if ($("axis")) $("axis").value = state.axis;
  const theme = state.theme || DATA.style;
  document.documentElement.dataset.theme = theme;
  $("theme").textContent = "Theme: " + theme;
}
function refresh(isStep) {
  applyFilters();
  showState();
  $("q").setAttribute("aria-invalid", badPattern ? "true" : "false");
  $("count").textContent = badPattern ? "The regular expression is not valid." : `${shown.length} of ${EVENTS.length} events shown`;
  selected = -1;
  writeAddress(isStep);
  $("list").scrollTop = 0;
  redraw(); timeline(); showDetail();
}
function resetFilters(isStep) {
  const keep = {theme: state.theme, axis: state.axis};
  Object.assign(state, DEFAULTS, keep);
  refresh(isStep);
}
function timeline() {
  const target = $("timeline");
  if (!target) return;
  const bins = 160, order = Object.keys(EVIDENCE), grid = Array.from({length: bins}, () => ({first: -1, counts: {}, total: 0}));
  const times = state.axis === "time", low = DATA.range[0], wide = Math.max(1, DATA.range[1] - low);
  shown.forEach((index) => {
    const event = EVENTS[index], share = times ? (event.time - low) / wide : index / Math.max(1, EVENTS.length - 1);
    const bin = grid[Math.min(bins - 1, Math.floor(share * bins))];
    if (bin.first < 0) bin.first = index;
    bin.counts[event.evidence] = (bin.counts[event.evidence] || 0) + 1; bin.total++;
  });
  const most = Math.max(1, ...grid.map((bin) => bin.total)), drawing = svg("svg", {viewBox: `0 0 ${bins * 6} 64`, preserveAspectRatio: "none", role: "group", "aria-label": `events by ${state.axis}`});
  grid.forEach((bin, number) => {
    let y = 62;
    for (const kind of order) {
      if (!bin.counts[kind]) continue;
      const height = Math.max(1.5, 58 * bin.counts[kind] / most);
      y -= height;
      const bar = svg("rect", {class: "bin", x: number * 6, y, width: 5, height, fill: `var(--${kind})`}, svg("title", {}, `${bin.counts[kind]} ${EVIDENCE[kind]}`));
      bar.addEventListener("click", () => visit(EVENTS[bin.first].id));
      drawing.append(bar);
    }
  });
  target.replaceChildren(drawing);
}
function lasting(seconds) {
  const [unit, size] = [["d", 86400], ["h", 3600], ["min", 60]].find(([, size]) => seconds >= 2 * size) ?? ["s", 1];
  return `${(seconds / size).toFixed(unit !== "s" ? 1 : seconds < 10 ? 2 : 0)} ${unit}`;
}
function statistics() {
  const target = $("statistics");
  if (!target) return;
  const stat = (value, name) => el("div", {class: "stat"}, el("b", {}, value), el("span", {text: name}));
  const given = DATA.statistics, mean = given.avg_confidence;
  target.append(stat(String(given.total_events), "events"), stat(mean === null ? "none" : mean.toFixed(2), `mean stated confidence (${given.stated_confidences} stated)`), stat(lasting(given.duration_seconds), "first to last event"));
  for (const [kind, count] of Object.entries(given.evidence_counts)) if (count) target.append(stat(String(count), EVIDENCE[kind]));
  if (DATA.comparison) target.append(stat(DATA.comparison.similarity.toFixed(2), "similarity"), stat(DATA.comparison.summary, "compared with " + DATA.other.name));
}
function codeView() {
  if (!DATA.code) return;
  $("code-section").hidden = false;
  const sections = [...new Set(EVENTS.map((event) => event.code_section).filter(Boolean))].sort((a, b) => b.length - a.length);
  const pane = el("pre", {});
  for (const line of DATA.code.split("\n")) {
    const name = sections.find((each) => line.includes(each));
    const row = el("div", {class: "code-line"});
    if (name) row.append(el("button", {type: "button", class: "code-link", title: "show its decisions", onclick: () => { state.code = name; refresh(true); select(0, true); }}, "◆"));
    put(row, line || " ");
    pane.append(row);
  }
  $("code-view").append(pane);
}
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], {type}));
  const link = el("a", {href: url, download: name});
  document.body.append(link); link.click(); link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
function csv(value) {
  const text = String(value ?? "");
  return '"' + (/^(\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])/.test(text) ? "'" + text : text).replaceAll('"', '""') + '"';
}
function saveCsv() {
  const names = ["id", "timestamp", "type", "evidence", "decision", "alternatives", "reasoning", "confidence", "code_section", "spec_reference"];
  const lines = shown.map((index) => names.map((name) => csv(name === "alternatives" ? EVENTS[index].alternatives.join("; ") : EVENTS[index][name])).join(","));
  save(DATA.chain.id + ".csv", "text/csv", [names.join(","), ...lines].join("\r\n") + "\r\n");
}
function saveJson() {
  const events = shown.map((index) => { const {at, ...event} = EVENTS[index]; return event; });
  save(DATA.chain.id + ".json", "application/json", JSON.stringify({...DATA.chain, events}, null, 1));
}
function connect() {
  let waiting = 0, typing = "", stepWaits = false;
  for (const id of [...FILTERS, ...CHECKS, "axis"]) {
    if (!$(id)) continue;
    $(id).addEventListener("input", () => {
      state[id] = CHECKS.includes(id) ? ($(id).checked ? "1" : "") : $(id).value;
      state.event = state.chars = "";
      stepWaits ||= typing !== id;
      typing = $(id).tagName === "SELECT" || CHECKS.includes(id) ? "" : id;
      clearTimeout(waiting);
      waiting = setTimeout(() => { const isStep = stepWaits; stepWaits = false; refresh(isStep); }, id === "q" ? 120 : 0);
    });
    $(id).addEventListener("change", () => { typing = ""; });
  }
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("reset").addEventListener("click", () => resetFilters(true));
  $("theme").addEventListener("click", () => {
    const order = ["auto", "light", "dark"], now = state.theme || DATA.style;
    state.theme = order[(order.indexOf(now) + 1) % 3];
    showState(); writeAddress(false);
  });
  $("save-json").addEventListener("click", saveJson);
  $("save-csv").addEventListener("click", saveCsv);
  $("save-notes").addEventListener("click", () => save(DATA.chain.id + ".annotations.json", "application/json", JSON.stringify([...(DATA.annotations || []), ...made], null, 1)));
  $("list").addEventListener("scroll", askDraw, {passive: true});
  $("list").addEventListener("keydown", onListKey);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) { event.preventDefault(); $("more").open = true; $("q").focus(); }
    else if (event.key === "Escape") $("list").focus();
  });
  addEventListener("resize", askDraw);
  addEventListener("beforeprint", () => setPrinting(true));
  addEventListener("afterprint", () => setPrinting(false));
  for (const name of ["popstate", "hashchange"]) addEventListener(name, restore);
}
function coveringEvent(span) {
  return EVENTS.findIndex((event) => event.end !== null && event.position <= span && span < event.end);
}
// Back and Forward: filters, event and place in the list as they were. The colors stay as they are.
function restore() {
  if (location.hash.slice(1) === written) return;
  const isView = history.state === "view", theme = state.theme;
  readAddress();
  if (isView) state.theme = theme;
  written = location.hash.slice(1);
  const top = tops.get(written);
  start(!isView);
  if (top !== undefined) { $("list").scrollTop = top; draw(); }
}
function start(choosesFirst) {
  const wanted = state.event, chars = state.chars;
  refresh(false);
  state.chars = chars;
  const at = chars ? coveringEvent(Number(chars.split("-")[0])) : -1;
  if (wanted) goTo(wanted);
  else if (at >= 0) goTo(EVENTS[at].id);
  else if (choosesFirst && rows.length && !matchMedia("(max-width:760px)").matches) select(0, false);
}
function begin(data) {
  takeData(data);
  findLanes();
  readAddress();
  put($("description"), DATA.chain.description || "");
  for (const [name, value] of DATA.facts) $("facts").append(el("div", {}, el("dt", {}, name), el("dd", {dir: "auto", text: value})));
  if (DATA.pairs) document.querySelector(".split").classList.add("pairs");
  if (DATA.source) $("text-section").hidden = false;
  if (matchMedia("(max-width:760px)").matches) $("more").open = false;
  fillControls(); statistics(); codeView(); connect(); start(true);
  document.documentElement.dataset.ready = "1";
}
readData().then(begin);
