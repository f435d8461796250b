"use strict";
const TASK = JSON.parse(document.getElementById("task-data").textContent);
const $ = (id) => document.getElementById(id);
const KEY = `causal_trace/${JSON.stringify([TASK.participant, TASK.task, TASK.condition])}`;
const fields = () => [...document.querySelectorAll("#form textarea")];
let state = {answers: [], elapsed_ms: 0, resumed: 0, started_at: null, saved: null}, began = 0, open = false;

// The storage of the tab outlives a reload and the back button, and not the tab.
const stored = () => { try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; } };
const elapsed = () => state.elapsed_ms + performance.now() - began;
function keep() {
  if (open) state.answers = fields().map((each) => each.value);
  try { sessionStorage.setItem(KEY, JSON.stringify(open ? {...state, elapsed_ms: elapsed()} : state)); } catch { /* no storage: a reload begins again */ }
}
function show(id) {
  for (const each of ["consent", "task", "done"]) $(each).hidden = each !== id;
  $(id).focus();
  scrollTo(0, 0);
}
function begin() {
  if (TASK.trace && !$("trace").firstChild) {
    const frame = document.createElement("iframe");
    frame.title = "Trace";
    frame.srcdoc = TASK.trace;
    $("trace").append(frame);
  }
  open = true;
  began = performance.now();
  show("task");
  keep();
}
function save() {
  const name = (text) => text.replace(/[^\w.-]/g, "_").slice(0, 80), link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([state.saved], {type: "application/json"}));
  link.download = `${name(TASK.participant)}-${name(TASK.task)}.response.json`;
  document.body.append(link); link.click(); link.remove();
}
$("agree").addEventListener("change", () => { $("begin").disabled = !$("agree").checked; });
$("begin").addEventListener("click", () => {
  state.started_at = new Date().toISOString();
  begin();
});
$("form").addEventListener("input", keep);
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const ids = Object.keys(TASK.questions), {participant, task, condition} = TASK, {started_at, resumed} = state;
  const answers = Object.fromEntries(fields().map((each, at) => [ids[at], each.value]));
  const finished_at = new Date().toISOString(), duration_ms = elapsed();
  state = {...state, saved: JSON.stringify({participant, task, condition, answers, duration_ms, consent: true, synthetic: false, started_at, finished_at, resumed}, null, 1)};
  open = false;
  keep();
  save();
  show("done");
});
$("again").addEventListener("click", save);
addEventListener("pagehide", keep);
addEventListener("beforeunload", (event) => { if (open) event.preventDefault(); });
const before = stored();
if (before?.saved) {
  state = before;
  show("done");
} else if (before?.started_at) {
  state = {...before, resumed: before.resumed + 1};
  fields().forEach((each, at) => { each.value = before.answers[at] ?? ""; });
  begin();
}
document.documentElement.dataset.ready = "1";
