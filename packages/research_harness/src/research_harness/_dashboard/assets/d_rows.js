// Rows with filters, page by page, and all of one answer.
function rowsPart(run) {
  const condition = make("select", { "aria-label": "condition" }, make("option", { value: "", text: "all conditions" }));
  const kind = make("select", { "aria-label": "kind of answer" }, ...[["", "all answers"], ["right", "right"], ["wrong", "wrong"], ["failed", "failed"]].map(([v, text]) => make("option", { value: v, text })));
  const text = make("input", { type: "search", id: "search", placeholder: "item, answer or error ( / )", "aria-label": "text in item, answer or error", maxlength: "200" });
  const body = make("tbody"), more = make("button", { type: "button", id: "more", text: "More rows" }), note = make("p", { class: "soft small", role: "status" });
  const names = [["row"], ["item", true], ["condition", true], ["repeat"], ["answer", true], ["", false], ["latency"], ["cost"]];
  const box = table(names, [], "rows");
  box.querySelector("tbody").replaceWith(body);
  let next = 0, turn = 0, seen = 0, due = 0;
  async function load(anew, quiet) {
    const mine = ++turn;
    if (!quiet) note.textContent = "loading";
    try {
      const found = await source.rows(run, { condition: condition.value, kind: kind.value, text: text.value }, anew ? 0 : next);
      if (mine !== turn) return;
      const rows = found.rows.map((row) => shortRow(run, row));
      anew ? body.replaceChildren(...rows) : body.append(...rows);
      next = found.next;
      more.hidden = next === undefined;
      const part = frozen && frozen.runs[run]?.more ? `The file holds the first ${count(frozen.runs[run].rows.length)} rows of the run.` : "";
      note.textContent = body.children.length ? part : next === undefined ? "no row fits" : "none so far; look further";
    } catch (error) { if (mine === turn) { note.textContent = error.message; more.hidden = true; } }
  }
  let timer = 0;
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => load(true), 250); });
  for (const each of [condition, kind]) each.addEventListener("change", () => load(true));
  more.addEventListener("click", () => load(false));
  const again = make("button", { type: "button", id: "again", text: "Load again", onclick: () => load(true) });
  load(true);
  return {
    element: make("section", { "aria-label": "Rows" }, make("h2", { text: "Rows" }), make("div", { class: "bar" }, condition, kind, text, frozen ? null : again), box, note, more),
    search: text,
    // A page that is not full yet takes the rows that come; a search is only done when it is asked for.
    grown(rows) {
      if (rows <= seen || next !== undefined || text.value || Date.now() < due || body.contains(document.activeElement)) return;
      [seen, due] = [rows, Date.now() + 2000];
      load(true, true);
    },
    conditions(list) {
      const known = [...condition.options].slice(1).map((each) => each.value);
      if (known.join("\n") !== list.join("\n")) condition.replaceChildren(condition.options[0], ...list.map((name) => make("option", { value: name, text: name })));
    },
  };
}

function shortRow(run, row) {
  const text = String(row.index);
  const link = source.has(run, row.index) ? make("a", { href: `${runPath(run)}/row/${row.index}`, text }) : make("span", { text });
  const answer = row.kind === "failed" ? row.error : row.answer;
  return make("tr", {}, cell("row", link), cell("item", row.item_id, { text: true }), cell("condition", row.condition, { text: true }), cell("repeat", count(row.repeat)),
    cell("answer", answer, { text: true }), cell("kind", row.kind, { class: row.kind === "right" ? "good" : "bad" }), cell("latency", ms(row.latency_ms)), cell("cost", usd(row.cost_usd)));
}

function plain(value) {
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
function block(title, value) { return [make("h2", { text: title }), make("pre", { text: plain(value), dir: "auto", tabindex: "0" })]; }

function callPart(call, number) {
  const title = `Call ${number + 1}: ${call.model}`;
  const list = facts([["status", call.status], ["role", call.role || "single"], ["latency", ms(call.latency_ms)], ["first token", ms(call.time_to_first_token_ms)],
    ["cost", usd(call.cost_usd)], ["tokens", `${count(call.input_tokens)} in, ${count(call.output_tokens)} out`], ["finish", call.finish_reason || "–"], ["vote", call.vote ?? "–"]]);
  return make("section", { class: "card" }, make("h2", { text: title, dir: "auto" }), list, ...block("Prompt", call.prompt), ...block("Answer", call.answer),
    ...(call.error_type ? block("Error", `${call.error_type}: ${call.error}`) : []));
}

function rowView(main, run, number) {
  setLink(frozen ? "frozen" : "still", 0);
  const back = make("p", {}, make("a", { href: runPath(run), text: "Back to the run" }));
  main.replaceChildren(back, make("p", { text: "loading" }));
  source.row(run, number).then((row) => {
    const list = facts([["condition", row.condition], ["item", row.item_id], ["repeat", count(row.repeat)], ["score", String(row.score)], ["latency", ms(row.latency_ms)], ["cost", cost(row.known_cost_usd ?? row.cost_usd, row.cost_usd === null)], ["attempts", count(row.attempts)], ["source", row.source || "–"]]);
    const step = (to, text) => make("a", { href: `${runPath(run)}/row/${to}`, text });
    const steps = make("p", { class: "bar" }, back.firstChild, number > 0 && source.has(run, number - 1) ? step(number - 1, "previous row") : null, source.has(run, number + 1) ? step(number + 1, "next row") : null);
    const extra = { extraction: row.extraction, confidence: row.confidence, consensus: row.consensus, values: row.values, metadata: row.metadata, arm: row.arm, block: row.block, period: row.period };
    main.replaceChildren(steps, make("div", { class: "bar" }, make("h1", { text: `Row ${row.index}` }), make("span", { class: row.kind === "right" ? "good" : "bad", text: row.kind })), list,
      ...block("Question", row.item?.input), ...block("Answer", row.prediction), ...block("Expected", row.item?.expected),
      ...(row.error_type ? block("Error", `${row.error_type}: ${row.error}`) : []),
      make("h2", { text: `Calls to models (${row.calls.length})` }), make("div", { class: "side" }, ...row.calls.map(callPart)),
      ...(row.trace ? block("Trace", row.trace) : []), ...block("Scoring and further values", extra),
      make("h2", { text: `Telemetry (${row.events.length} events)` }), eventsTable(row.events));
  }).catch((error) => main.replaceChildren(back, make("p", { class: "note", text: error.message })));
  return { close() {}, theme() {}, search: null };
}

function eventsTable(events) {
  const first = events.length ? events[0].timestamp_us : 0;
  const rows = events.map((each) => make("tr", {}, cell("event", each.name, { text: true }), cell("after", ms((each.timestamp_us - first) / 1000)), cell("took", ms(each.duration_ns === null ? NaN : each.duration_ns / 1e6)),
    cell("model", each.model ?? "–", { text: true }), cell("cost", usd(each.cost_usd)), cell("error", each.error_type ?? "–", { text: true })));
  return table([["event", true], ["after"], ["took"], ["model", true], ["cost"], ["error", true]], rows, "telemetry");
}
