// The list of runs, runs side by side, and which view is shown.
const picked = new Set();
let shown = null;

function setLink(state, age, problem) {
  const place = document.getElementById("link");
  place.dataset.state = state;
  place.textContent = state === "frozen" ? `frozen ${frozen.time}` : state === "still" ? "" : state === "live" ? `live, ${age < 3 ? "now" : Math.round(age) + " s ago"}` : `connection lost${problem ? ": " + problem.slice(0, 200) : ", trying again"}`;
}

function listRow(run, each) {
  const pick = make("input", { type: "checkbox", "data-key": `pick ${run}`, "aria-label": `compare ${run}`, onchange: (event) => { event.target.checked ? picked.add(run) : picked.delete(run); compareLink(); } });
  pick.checked = picked.has(run);
  const link = make("div", {}, make("a", { href: runPath(run), "data-key": run, text: each.name || run, dir: "auto" }), make("div", { class: "soft small", text: run, dir: "auto" }));
  const rows = make("div", {}, make("div", { text: `${count(each.rows)}${each.planned_rows ? " of " + count(each.planned_rows) : ""}` }), each.planned_rows ? progress(each.rows, each.planned_rows, "rows done") : null);
  return make("tr", {}, cell("compare", pick, { class: "pick" }), cell("run", link, { text: true }), cell("state", badge(each.state)), cell("rows", rows),
    cell("conditions", count(each.conditions)), cell("cost", cost(each.cost_usd, each.unknown_costs)), cell("rate", Number.isFinite(each.rate) ? `${each.rate.toFixed(1)}/s` : "–"),
    cell("time left", duration(each.eta_seconds)), cell("started", (each.started_at || "–").slice(0, 16).replace("T", " ")));
}
function compareLink() {
  const link = document.getElementById("compare");
  if (!link) return;
  link.hidden = picked.size < 2;
  link.href = "#/compare/" + [...picked].slice(0, 4).map(encodeURIComponent).join("/");
  link.textContent = `Compare ${Math.min(picked.size, 4)} runs side by side`;
}
function listView(main) {
  const filter = make("input", { type: "search", id: "search", placeholder: "filter ( / )", "aria-label": "filter runs" }), place = make("div");
  const link = make("a", { id: "compare", href: "#/", hidden: "hidden" });
  main.replaceChildren(make("h1", { text: "Runs" }), make("div", { class: "bar" }, filter, link), place);
  document.title = "Crucible";
  let last = { runs: {} };
  const draw = () => {
    const text = filter.value.toLowerCase();
    const found = Object.entries(last.runs).filter(([run, each]) => `${run}\n${each.name}\n${each.state}`.toLowerCase().includes(text));
    found.sort((a, b) => (b[1].started_at || "").localeCompare(a[1].started_at || ""));
    const names = [[""], ["run", true], ["state"], ["rows"], ["conditions"], ["cost"], ["rate"], ["time left"], ["started"]];
    const rows = found.map(([run, each]) => listRow(run, each));
    show(place, rows.length ? table(names, rows, "runs") : make("p", { class: "soft", text: "no run fits" }), last.left_out ? make("p", { class: "soft", text: `${count(last.left_out)} older runs are left out` }) : null);
    for (const each of place.querySelectorAll("input[type=checkbox]")) each.checked = picked.has(each.dataset.key.slice(5));
  };
  filter.addEventListener("input", draw);
  compareLink();
  const stream = source.watch(null, (state) => { last = state; draw(); }, setLink);
  return { close: () => stream.close(), theme() {}, search: filter };
}

function compareView(main, runs) {
  const states = {}, place = make("div");
  main.replaceChildren(make("h1", { text: "Runs side by side" }), make("p", { class: "soft small", text: "Each interval holds at every look. Two of them may overlap although the runs differ: for a test of the difference by item, use crucible compare." }), place);
  const draw = () => {
    const found = runs.filter((run) => states[run]);
    const names = [["condition", true], ["run", true], ["rows"], ["estimate"], ["interval"], [""], ["cost"], ["latency P50"], ["P95"], ["failed"]];
    const conditions = [...new Set(found.flatMap((run) => Object.keys(states[run].conditions || {})))];
    const rows = conditions.flatMap((name) => found.filter((run) => states[run].conditions[name]).map((run) => {
      const state = states[run], each = state.conditions[name], latency = each.latency_ms || {}, has = Number.isFinite(each.interval_low);
      return make("tr", {}, cell("condition", name, { head: true, text: true }), cell("run", make("a", { href: runPath(run), "data-key": `${name} ${run}`, text: run }), { text: true }), cell("rows", count(each.rows)),
        cell(state.metric, value(state.metric, each.estimate)), cell("interval", has ? `[${value(state.metric, each.interval_low)}, ${value(state.metric, each.interval_high)}]` : "–"),
        cell("0 to 1", range(each.interval_low, each.interval_high, has ? each.interval_estimate : each.estimate)),
        cell("cost", cost(each.cost_usd, each.unknown_costs)), cell("latency P50", ms(latency.p50)), cell("P95", ms(latency.p95)), cell("failed", count(each.failed), { class: each.failed ? "bad" : undefined }));
    }));
    const heads = found.map((run) => make("section", { class: "card" }, make("div", { class: "bar" }, make("a", { href: runPath(run), "data-key": run, text: states[run].name || run, dir: "auto" }), badge(states[run].state)), runFacts(states[run])));
    show(place, make("div", { class: "side" }, ...heads), make("h2", { text: "Conditions" }), table(names, rows, "conditions of the runs"));
  };
  const streams = runs.map((run) => source.watch(run, (state) => { states[run] = state; draw(); }, setLink));
  return { close: () => streams.forEach((each) => each.close()), theme() {}, search: null };
}

function route() {
  shown?.close();
  const main = document.getElementById("main");
  const [view, ...rest] = location.hash.replace(/^#\//, "").split("/").map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  if (view === "run" && rest[1] === "row") shown = rowView(main, rest[0], Number(rest[2]) || 0);
  else if (view === "run" && rest[0]) shown = runView(main, rest[0]);
  else if (view === "compare" && rest.length) shown = compareView(main, rest.slice(0, 4));
  else shown = listView(main);
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function cycleTheme(button) {
  const themes = ["auto", "light", "dark"], root = document.documentElement;
  root.dataset.theme = themes[(themes.indexOf(root.dataset.theme) + 1) % 3];
  button.textContent = `Theme: ${root.dataset.theme}`;
  shown?.theme();
}
document.getElementById("theme").addEventListener("click", (event) => cycleTheme(event.target));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown?.theme());
document.addEventListener("keydown", (event) => {
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);
  if (event.key === "/" && !typing && shown?.search) { event.preventDefault(); shown.search.focus(); }
  if (event.key === "Escape") { if (typing) document.activeElement.blur(); else if (location.hash.length > 2) location.hash = location.hash.includes("/row/") ? location.hash.split("/row/")[0] : "#/"; }
});
addEventListener("hashchange", route);
document.getElementById("foot").textContent = frozen ? "A frozen view; it needs no server and loads nothing." : "Keys: / to filter, Esc to go back. The page reads the files of the runs, which do not know that they are watched.";
route();
document.documentElement.dataset.ready = "1";
