"use strict";
// Data, text that is safe to show, and the filters with their place in the address.
let DATA, EVENTS, OTHER, byId;
// Fields that an event does not state are left out of the data; they are found here.
const EMPTY = {
  reasoning: "", alternatives: [], confidence: null, code_section: null, spec_reference: null, metadata: {}, parent_id: null, depends_on: [], stage_id: null,
  experiment_id: null, evidence: "self_reported", branch: null, position: null, end: null, input_tokens: null, output_tokens: null, latency_ms: null, cost_usd: null,
  get time() { return this.at ?? Date.parse(this.timestamp); },
  get category() { return DATA.categories[this.type] ?? "custom"; },
};
// Large data are compressed: a browser reads a long text of a page far more slowly than it unpacks one.
async function readData() {
  const block = document.getElementById("chain-data"), text = block.textContent;
  if (block.dataset.form !== "deflate") return JSON.parse(text);
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}
function takeData(data) {
  DATA = data;
  EVENTS = DATA.events;
  OTHER = DATA.other ? DATA.other.events : [];
  for (const event of EVENTS) Object.setPrototypeOf(event, EMPTY);
  for (const event of OTHER) Object.setPrototypeOf(event, EMPTY);
  byId = new Map(EVENTS.map((event, index) => [event.id, index]));
}
const $ = (id) => document.getElementById(id);
const EVIDENCE = {self_reported: "stated", native_reasoning: "native reasoning", summary: "summary", redacted: "redacted", observed: "observed"};
// Direction marks and other invisible characters could make a text read as another: they are shown.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\ud83c\udff4[\udb40\udc20-\udc7f]+/g;

function el(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") put(made, value);
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, String(value));
  }
  made.append(...children);
  return made;
}
function put(target, text) {
  let from = 0;
  for (const found of String(text).matchAll(HIDDEN)) {
    target.append(text.slice(from, found.index));
    const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    target.append(el("span", {class: "sign", title: "invisible character"}, "U+" + code));
    from = found.index + found[0].length;
  }
  target.append(String(text).slice(from));
}
const first = (event) => event.decision || event.reasoning || (event.evidence === "redacted" ? "(redacted reasoning)" : "(empty)");
const words = (type) => type.replaceAll("_", " ");

const DEFAULTS = {q: "", regex: "", type: "", evidence: "", branch: "", code: "", low: "0", high: "1", stated: "", since: "", until: "", axis: "position", event: "", chars: "", theme: ""};
const state = {...DEFAULTS};
let shown = [], rows = [], selected = -1, badPattern = false;

function readAddress() {
  const params = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(DEFAULTS)) state[key] = params.get(key) ?? DEFAULTS[key];
}
// A step of the reader is an entry of the browser's history, so that Back and Forward lead from view to view. Moves by keys and by typing are not.
let written = null;
const tops = new Map(); // how far the list was scrolled in each view
function writeAddress(isStep) {
  const params = new URLSearchParams();
  for (const key of Object.keys(DEFAULTS)) if (state[key] !== DEFAULTS[key]) params.set(key, state[key]);
  const text = params.toString(), address = text ? "#" + text : location.pathname + location.search;
  if (text === written) return;
  // Inside another page, as in the study kit, there is no address to write to.
  try { if (isStep) history.pushState("view", "", address); else history.replaceState("view", "", address); } catch { /* not possible here */ }
  written = text;
}
let haystacks = null;
function haystack(index) {
  haystacks ||= new Array(EVENTS.length);
  const event = EVENTS[index];
  return haystacks[index] ??= [event.decision, event.reasoning, event.alternatives.join("\n"), event.code_section || "", event.spec_reference || ""].join("\n");
}
function textTest() {
  badPattern = false;
  if (!state.q) return () => true;
  if (state.regex) {
    try { const pattern = new RegExp(state.q, "iu"); return (index) => pattern.test(haystack(index)); }
    catch { badPattern = true; return () => false; }
  }
  const terms = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  return (index) => { const text = haystack(index).toLowerCase(); return terms.every((term) => text.includes(term)); };
}
function applyFilters() {
  const low = Number(state.low), high = Number(state.high), text = textTest();
  const since = state.since ? Date.parse(state.since + "Z") : -Infinity, until = state.until ? Date.parse(state.until + "Z") : Infinity;
  const timed = state.since || state.until;
  shown = [];
  for (let index = 0; index < EVENTS.length; index++) {
    const event = EVENTS[index], confidence = event.confidence;
    if (state.type && event.type !== state.type && event.category !== state.type.slice(1)) continue;
    if (state.evidence && event.evidence !== state.evidence) continue;
    if (state.branch && (event.branch ?? "trunk") !== state.branch) continue;
    if (state.code && event.code_section !== state.code) continue;
    if (confidence === null ? state.stated : confidence < low || confidence > high) continue;
    if (timed && (event.time < since || event.time > until)) continue;
    if (!text(index)) continue;
    shown.push(index);
  }
  if (DATA.pairs) {
    const kept = new Set(shown), filtered = shown.length < EVENTS.length;
    rows = DATA.pairs.filter(([left]) => left === null ? !filtered : kept.has(left));
  } else rows = shown.map((index) => [index, null, ""]);
}
