// The view of one run: its state, its conditions with their intervals, its controls, its rows.
const COLORS = ["#2f6fd6", "#d1730f", "#1f9467", "#b85aa6", "#c23b3b", "#7a6ff0", "#8a7a1f", "#3c9fb5"];

function runFacts(state) {
  const going = !["complete", "incomplete", "damaged"].includes(state.state);
  const ceiling = state.ceiling_usd;
  return facts([
    ["rows", count(state.rows), state.planned_rows ? `of ${count(state.planned_rows)}` : ""],
    ["failed", count(state.failed), state.rows ? share(state.failed / state.rows) : ""],
    ["cost of the rows", cost(state.cost_usd, state.unknown_costs), ceiling ? `of at most ${usd(ceiling)}` : "no ceiling"],
    ["rate", Number.isFinite(state.rate) ? `${state.rate.toFixed(1)} rows/s` : "–"],
    going ? ["time left", state.state === "running" ? duration(state.eta_seconds) : "–"] : null,
    going && state.concurrency ? ["rows at a time", count(state.concurrency)] : null,
    ["started", (state.started_at || "–").slice(0, 16).replace("T", " ")],
  ]);
}

function runHead(state) {
  const notes = [];
  if (state.stopped) notes.push(`Stopped: ${state.stopped}`);
  if (state.reading) notes.push("The journal is being read; the numbers are not complete yet.");
  if (state.problem) notes.push(`The journal cannot be read: ${state.problem}`);
  if (state.damaged_lines) notes.push(`${count(state.damaged_lines)} lines of the journal are damaged; their rows count as missing.`);
  if (state.no_interval) notes.push(`No interval is shown: ${state.no_interval}.`);
  return [
    make("div", { class: "bar" }, make("h1", { text: state.name || state.id, dir: "auto" }), badge(state.state), state.simulated ? badge("simulated") : null),
    make("p", { class: "soft small", text: [state.id, state.description].filter(Boolean).join(" · "), dir: "auto" }),
    state.planned_rows ? progress(state.rows, state.planned_rows, "rows done") : null,
    runFacts(state),
    state.ceiling_usd ? make("div", { class: "small soft", text: `cost against the ceiling: ${share(state.cost_usd / state.ceiling_usd)}` }, progress(state.cost_usd, state.ceiling_usd, "cost against the ceiling")) : null,
    ...notes.map((text) => make("p", { class: "note", text, dir: "auto" })),
  ];
}

function errorsTable(state) {
  const found = Object.entries(state.conditions || {}).flatMap(([name, each]) => Object.entries(each.errors || {}).map(([kind, n]) => [kind, name, n]));
  if (!found.length) return make("p", { class: "soft", text: "No row has failed." });
  found.sort((a, b) => b[2] - a[2]);
  const rows = found.slice(0, 40).map(([kind, name, n]) => make("tr", {}, cell("kind", kind, { text: true }), cell("condition", name, { text: true }), cell("rows", count(n))));
  return table([["kind", true], ["condition", true], ["rows"]], rows, "errors by kind");
}

function conditionRow(name, each, state) {
  const metric = state.metric, has = Number.isFinite(each.interval_low);
  const interval = has ? `[${value(metric, each.interval_low)}, ${value(metric, each.interval_high)}]` : "–";
  const latency = each.latency_ms || {};
  return make("tr", {},
    cell("condition", name, { head: true, text: true }),
    cell("rows", count(each.rows)),
    cell(metric, value(metric, each.estimate)),
    cell("interval", make("div", {}, make("div", { text: interval }), make("div", { class: "soft small", text: has ? `first ${count(each.interval_rows)} of the plan` : "" }))),
    cell("0 to 1", range(each.interval_low, each.interval_high, has ? each.interval_estimate : each.estimate)),
    cell("cost", cost(each.cost_usd, each.unknown_costs)),
    cell("latency P50", ms(latency.p50)), cell("P95", ms(latency.p95)), cell("P99", ms(latency.p99)),
    cell("failed", count(each.failed), { class: each.failed ? "bad" : undefined }));
}

function conditionsTable(state) {
  const names = [["condition", true], ["rows"], [state.metric], ["interval"], [""], ["cost"], ["latency P50"], ["P95"], ["P99"], ["failed"]];
  const rows = Object.entries(state.conditions || {}).map(([name, each]) => conditionRow(name, each, state));
  return table(names, rows, "conditions");
}

class Chart {
  constructor(place) { this.place = place; this.due = 0; this.watcher = new ResizeObserver(() => this.size()); this.watcher.observe(place); }
  size() { if (this.plot && this.place.clientWidth) this.plot.setSize({ width: this.place.clientWidth, height: 260 }); }
  close() { this.watcher.disconnect(); this.plot?.destroy(); }
  draw(state, paths, force) {
    if (!force && Date.now() < this.due) return;
    this.due = Date.now() + 1000;
    const names = Object.keys(state.conditions || {}).filter((name) => (paths[name] || []).length > 1).slice(0, COLORS.length);
    if (!names.length) return;
    const columns = names.map((name) => [0, 1, 2, 3].map((at) => paths[name].map((point) => point[at])));
    const data = uPlot.join(columns);
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const key = [...names, document.documentElement.dataset.theme, dark, state.metric].join("\n");
    if (this.plot && this.key === key) { this.plot.setData(data); return; }
    this.plot?.destroy();
    this.key = key;
    const style = getComputedStyle(document.documentElement), ink = style.getPropertyValue("--soft").trim(), line = style.getPropertyValue("--line").trim();
    const series = [{ label: "first items of the plan" }], bands = [];
    names.forEach((name, i) => {
      const color = COLORS[i], at = series.length;
      const text = (u, x) => (x === null || x === undefined ? "–" : value(state.metric, x));
      series.push({ label: name.slice(0, 60), stroke: color, width: 2, spanGaps: true, value: text, points: { show: false } });
      for (const end of ["low", "high"]) series.push({ label: `${name.slice(0, 60)} ${end}`, stroke: color, width: 0.5, spanGaps: true, value: text, points: { show: false } });
      bands.push({ series: [at + 2, at + 1], fill: color + "2b" });
    });
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line } };
    this.plot = new uPlot({ width: this.place.clientWidth || 600, height: 260, series, bands, scales: { x: { time: false }, y: { range: [0, 1] } },
      axes: [axis, { ...axis, size: 60, values: (u, all) => all.map((x) => (state.metric === "score" ? x.toFixed(1) : `${Math.round(100 * x)} %`)) }], legend: { show: false }, cursor: { show: false } }, data, this.place);
  }
}

function legend(state, paths) {
  const names = Object.keys(state.conditions || {}).filter((name) => (paths[name] || []).length > 1);
  return make("div", { class: "bar small" }, ...names.slice(0, COLORS.length).map((name, i) => {
    const dot = make("span", { "aria-hidden": "true", text: "■" });
    dot.style.color = COLORS[i];
    return make("span", { dir: "auto" }, dot, document.createTextNode(" " + name));
  }), names.length > COLORS.length ? make("span", { class: "soft", text: `and ${names.length - COLORS.length} more in the table` }) : null);
}

function controls(run, note) {
  if (frozen) return { element: null, update() {} };
  const send = async (action, number) => {
    if (action === "stop" && !confirm("Stop this run? Rows under way are finished; crucible resume goes on from there.")) return;
    note.textContent = "sending";
    try {
      await ask(`api/runs/${encodeURIComponent(run)}/control`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ action, ...(number ? { value: number } : {}) }) });
      note.textContent = "asked; the run follows within a second";
    } catch (error) { note.textContent = error.message; }
  };
  const pause = make("button", { type: "button", id: "pause", onclick: () => send(pause.dataset.action) });
  const stop = make("button", { type: "button", id: "stop", class: "stop", text: "Stop", onclick: () => send("stop") });
  const limit = make("input", { type: "number", id: "concurrency", min: "1", max: "10000", "aria-label": "rows at a time" });
  const tune = make("button", { type: "button", id: "tune", text: "Set rows at a time", onclick: () => { if (limit.checkValidity() && limit.value) send("concurrency", Number(limit.value)); } });
  const element = make("div", { class: "bar", role: "group", "aria-label": "control of the run" }, pause, stop, limit, tune);
  element.hidden = true;
  return { element, update(state) {
    const going = ["running", "paused", "stopping"].includes(state.state) && state.request !== undefined;
    element.hidden = !going || !token();
    pause.textContent = state.state === "paused" ? "Go on" : "Pause";
    pause.dataset.action = state.state === "paused" ? "resume" : "pause";
    pause.disabled = stop.disabled = state.state === "stopping";
    if (document.activeElement !== limit && state.concurrency) limit.value = state.concurrency;
  } };
}

function runView(main, run) {
  const head = make("div"), legends = make("div"), plot = make("div", { class: "chart", role: "img", "aria-label": "The interval of each condition by the number of items; the table has the same numbers" });
  const note = make("p", { class: "soft small", role: "status" }), tables = make("div"), errors = make("div"), about = make("p", { class: "soft small" }), chart = new Chart(plot);
  const control = controls(run, note), rows = rowsPart(run);
  main.replaceChildren(head, ...(control.element ? [control.element, note] : []), make("h2", { text: "Conditions" }), tables, about, legends, plot, make("h2", { text: "Errors by kind" }), errors, rows.element);
  let last = null;
  const update = (state, paths, force) => {
    last = [state, paths];
    document.title = `${state.name || state.id} – Crucible`;
    show(head, ...runHead(state));
    control.update(state);
    show(tables, conditionsTable(state));
    show(errors, errorsTable(state));
    about.textContent = state.no_interval ? "" : `The intervals hold at every look at once (confidence sequences, level ${share(state.level)} for each condition): you may watch as often as you like. They count a row once all rows before it in the plan are there, and the first repeat of each item.`;
    show(legends, legend(state, paths));
    rows.conditions(Object.keys(state.conditions || {}));
    if (!frozen) rows.grown(state.rows);
    chart.draw(state, paths, force);
  };
  const stream = source.watch(run, update, setLink);
  return { close() { stream.close(); chart.close(); }, theme() { if (last) update(...last, true); }, search: rows.search };
}
