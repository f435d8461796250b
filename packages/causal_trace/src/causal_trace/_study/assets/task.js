"use strict";
const TASK = JSON.parse(document.getElementById("task-data").textContent);
const $ = (id) => document.getElementById(id);
let began = 0;
$("agree").addEventListener("change", () => { $("begin").disabled = !$("agree").checked; });
$("begin").addEventListener("click", () => {
  $("consent").hidden = true;
  $("task").hidden = false;
  if (TASK.trace) {
    const frame = document.createElement("iframe");
    frame.title = "Trace";
    frame.srcdoc = TASK.trace;
    $("trace").append(frame);
  }
  began = performance.now();
});
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const duration = performance.now() - began, answers = Object.fromEntries(new FormData($("form")));
  const {participant, task, condition} = TASK;
  const text = JSON.stringify({participant, task, condition, answers, duration_ms: duration, consent: true, synthetic: false}, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type: "application/json"}));
  link.download = `${participant}-${task}.response.json`.replace(/[^\w.-]/g, "_");
  document.body.append(link); link.click(); link.remove();
  $("task").hidden = true;
  $("done").hidden = false;
});
document.documentElement.dataset.ready = "1";
