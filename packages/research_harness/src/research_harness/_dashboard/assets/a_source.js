"use strict";
// Where the page has its data from: a server, or the data inside of a frozen page.
const TOKEN_HEADER = "X-Crucible-Token";
const frozen = (() => { const e = document.getElementById("frozen"); return e ? JSON.parse(e.textContent) : null; })();
const given = /^#token=([\w-]+)$/.exec(location.hash);
if (given) { sessionStorage.setItem("token", given[1]); history.replaceState(null, "", "#/"); }
const token = () => (frozen ? null : sessionStorage.getItem("token"));

const headers = (more) => ({ ...(token() ? { [TOKEN_HEADER]: token() } : {}), ...more });
async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: headers(options.headers) });
  if (!answer.ok) throw new Error((await answer.text()) || `status ${answer.status}`);
  return answer.json();
}

function patched(target, patch) {
  const merged = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (typeof value === "object" && !Array.isArray(value)) {
      const known = merged[name];
      merged[name] = patched(known && typeof known === "object" && !Array.isArray(known) ? known : {}, value);
    } else merged[name] = value;
  }
  return merged;
}

// One stream. It is read with fetch, because EventSource sends no token.
class Stream {
  constructor(path, onState, onLink) {
    Object.assign(this, { path, onState, onLink, last: "", state: null, paths: {}, wait: 500, beat: 0 });
    this.closed = false;
    this.watch = setInterval(() => this.check(), 1000);
    this.visible = () => (document.hidden ? this.stop() : this.connect());
    document.addEventListener("visibilitychange", this.visible);
    this.connect();
  }
  stop() { this.abort?.abort(); this.abort = null; }
  close() { this.closed = true; clearInterval(this.watch); document.removeEventListener("visibilitychange", this.visible); this.stop(); }
  check() {
    const age = this.beat ? (Date.now() - this.beat) / 1000 : 0;
    if (this.abort && age > 8) { this.stop(); this.again(); }
    this.onLink(this.abort && this.beat && age <= 8 ? "live" : "lost", age);
  }
  again() {
    if (this.closed || document.hidden) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, 15000);
  }
  async connect() {
    if (this.closed || this.abort || document.hidden) return;
    const abort = (this.abort = new AbortController());
    try {
      const more = this.last ? { "Last-Event-ID": this.last } : {};
      const answer = await fetch(this.path, { headers: headers(more), signal: abort.signal });
      if (!answer.ok) throw new Error(await answer.text());
      this.wait = 500;
      await this.read(answer.body.getReader());
    } catch (error) { if (!abort.signal.aborted) this.onLink("lost", 0, error.message); }
    if (this.abort === abort) { this.abort = null; this.again(); }
  }
  async read(reader) {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const parts = text.split("\n\n");
      text = parts.pop();
      let changed = false;
      for (const part of parts) changed = this.take(part) || changed;
      if (changed) this.onState(this.state, this.paths);
    }
  }
  take(part) {
    const fields = {};
    for (const line of part.split("\n")) {
      const at = line.indexOf(": ");
      fields[line.slice(0, at)] = line.slice(at + 2);
    }
    if (fields.id) this.last = fields.id;
    const data = JSON.parse(fields.data);
    this.beat = Date.now();
    if (fields.event === "beat") { this.onLink("live", 0); return false; }
    if (fields.event === "state") { this.state = data.state; this.paths = data.history || {}; }
    else { this.state = patched(this.state || {}, data); this.extend(); }
    return true;
  }
  // The paths of the intervals go on with each change; every second point is dropped when they are long.
  extend() {
    for (const [name, each] of Object.entries(this.state.conditions || {})) {
      if (typeof each !== "object" || !each.interval_rows) continue;
      let path = this.paths[name] || (this.paths[name] = []);
      const last = path[path.length - 1];
      if (last && last[0] >= each.interval_rows) { if (last[0] > each.interval_rows) this.paths[name] = []; continue; }
      path.push([each.interval_rows, each.interval_estimate, each.interval_low, each.interval_high]);
      if (path.length > 480) this.paths[name] = path.filter((_, i) => i % 2 === 0 || i === path.length - 1);
    }
  }
}

const source = frozen ? {
  watch(run, onState, onLink) {
    const found = run === null ? { state: frozen.list, history: {} } : frozen.runs[run];
    queueMicrotask(() => { onLink("frozen", 0); found ? onState(found.state, found.history) : onLink("lost", 0, "this run is not in the file"); });
    return { close() {} };
  },
  async rows(run, wanted, start) {
    const fits = (row) => row.index >= start && (!wanted.condition || row.condition === wanted.condition) && (!wanted.kind || row.kind === wanted.kind)
      && (!wanted.text || [row.item_id, row.answer, row.error].some((each) => String(each).toLowerCase().includes(wanted.text.toLowerCase())));
    const found = (frozen.runs[run]?.rows || []).filter(fits);
    return { rows: found.slice(0, 50), ...(found.length > 50 ? { next: found[50].index } : {}) };
  },
  has: (run, number) => Boolean(frozen.runs[run]?.answers[number]),
  async row(run, number) {
    const found = frozen.runs[run]?.answers[number];
    if (!found) throw new Error("this answer is not in the file; it holds the first ones and those that are wrong");
    return found;
  },
} : {
  watch: (run, onState, onLink) => new Stream(run === null ? "api/stream" : `api/stream?run=${encodeURIComponent(run)}`, onState, onLink),
  rows: (run, wanted, start) => ask(`api/runs/${encodeURIComponent(run)}/rows?${new URLSearchParams({ ...wanted, start, limit: 50 })}`),
  has: () => true,
  row: (run, number) => ask(`api/runs/${encodeURIComponent(run)}/rows/${number}`),
};
