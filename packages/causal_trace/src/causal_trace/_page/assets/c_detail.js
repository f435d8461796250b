// The selected event: its texts, alternatives, relations, annotations and place in the answer.
const made = [];
const notesOf = (id) => [...(DATA.annotations || []), ...made].filter((note) => note.event_id === id);

function part(title, ...content) { return content.some(Boolean) ? [el("h3", {}, title), ...content.filter(Boolean)] : []; }
function fieldsOf(event, events) {
  const label = event.evidence === "native_reasoning" ? "Reasoning text" : event.evidence === "summary" ? "Summary of reasoning" : "Reason as stated";
  const found = [];
  if (event.decision) found.push(...part(event.alternatives.length ? "Taken" : event.evidence === "observed" ? "Record" : "Decision", el("p", {class: event.alternatives.length ? "taken" : "", dir: "auto", text: event.decision})));
  if (event.alternatives.length) found.push(...part("Rejected alternatives", el("ul", {}, ...event.alternatives.map((each) => el("li", {}, el("span", {class: "rejected", dir: "auto", text: each}))))));
  if (event.reasoning) found.push(...part(label, el("p", {dir: "auto", text: event.reasoning})));
  if (event.evidence === "redacted" && !event.reasoning) found.push(el("p", {}, "The provider shows nothing of this reasoning."));
  const facts = [["Type", words(event.type)], ["Category", event.category], ["Confidence", event.confidence === null ? "not stated" : String(event.confidence)], ["Time", event.timestamp],
    ["Branch", event.branch], ["Stage", event.stage_id], ["Code section", event.code_section], ["Spec reference", event.spec_reference],
    ["Tokens", event.output_tokens], ["Latency", event.latency_ms === null ? null : event.latency_ms + " ms"], ["Cost", event.cost_usd === null ? null : event.cost_usd + " USD"],
    ["Characters", event.end === null ? event.position : `${event.position} to ${event.end}`], ["Id", event.id]];
  const list = el("dl", {});
  for (const [name, value] of facts) if (value !== null && value !== undefined && value !== "") list.append(el("dt", {}, name), el("dd", {dir: "auto", text: String(value)}));
  found.push(...part("Facts", list));
  if (Object.keys(event.metadata).length) found.push(...part("Metadata", el("pre", {text: JSON.stringify(event.metadata, null, 1)})));
  return found;
}
function relations(event) {
  const before = [event.parent_id, ...event.depends_on].filter((id, at, all) => id && all.indexOf(id) === at);
  const after = (DATA.children[event.id] || []);
  if (!before.length && !after.length) return [];
  const side = Math.max(before.length, after.length, 1), shownSide = Math.min(side, 8), height = Math.max(60, shownSide * 34 + 10);
  const box = (id, x, y, here) => {
    const index = byId.get(id), text = index === undefined ? "not in the chain" : `${index + 1} ${first(EVENTS[index])}`.replace(HIDDEN, "·");
    const group = svg("g", {class: "box", tabindex: here || index === undefined ? -1 : 0, role: here ? "img" : "button", "aria-label": "event " + text.slice(0, 80)},
      svg("rect", {class: here ? "node here" : "node", x, y: y - 13, width: 150, height: 26, rx: 5}), svg("text", {x: x + 6, y: y + 4}, text.length > 21 ? text.slice(0, 20) + "…" : text));
    if (!here && index !== undefined) {
      group.addEventListener("click", () => visit(id));
      group.addEventListener("keydown", (key) => { if (key.key === "Enter" || key.key === " ") { key.preventDefault(); visit(id); } });
    }
    return group;
  };
  const at = (number, count) => height * (number + 1) / (count + 1);
  const drawing = svg("svg", {viewBox: `0 0 520 ${height}`, width: "100%", role: "group", "aria-label": "relations"});
  const columns = [[before.slice(0, 8), 0], [after.slice(0, 8), 370]];
  for (const [ids, x] of columns) ids.forEach((id, number) => {
    const y = at(number, ids.length), left = x === 0;
    drawing.append(svg("path", {d: left ? `M150 ${y}C168 ${y} 167 ${height / 2} 185 ${height / 2}` : `M335 ${height / 2}C353 ${height / 2} 352 ${y} 370 ${y}`}), box(id, x, y, false));
  });
  drawing.append(box(event.id, 185, height / 2, true));
  const more = Math.max(0, before.length - 8) + Math.max(0, after.length - 8);
  return part("Follows from, and leads to", drawing, more ? el("p", {}, `and ${more} more`) : null);
}
function annotations(event) {
  const list = notesOf(event.id).map((note) => el("div", {class: "note", dir: "auto", text: `${note.rater}: ${note.label}${note.note ? " - " + note.note : ""}`}));
  const rater = el("input", {id: "rater", "aria-label": "Your name or id", placeholder: "rater", size: 8}), label = el("input", {id: "label", "aria-label": "Label", placeholder: "label", size: 12}), note = el("input", {id: "note", "aria-label": "Note", placeholder: "note", size: 16});
  rater.value = annotations.rater || "";
  const add = el("button", {type: "button", id: "annotate", onclick: () => {
    if (!rater.value.trim() || !label.value.trim()) { (rater.value.trim() ? label : rater).focus(); return; }
    annotations.rater = rater.value.trim();
    made.push({chain_id: DATA.chain.id, event_id: event.id, rater: rater.value.trim(), label: label.value.trim(), note: note.value.trim(), created_at: new Date().toISOString()});
    redraw(); showDetail();
  }}, "Annotate");
  return part("Annotations", ...list, el("div", {class: "noteform"}, rater, label, note, add));
}
function showDetail() {
  const target = $("detail");
  target.replaceChildren();
  if (selected < 0 || !rows.length) { target.append(el("p", {}, rows.length ? "Select an event." : "No event meets the filters.")); showText(null); return; }
  const [left, right, status] = rows[selected], event = left === null ? OTHER[right] : EVENTS[left];
  target.append(el("div", {class: "bar"}, el("h2", {}, `Event ${(left ?? right) + 1}`), badge(event)));
  const copy = el("button", {type: "button", id: "link", onclick: async () => {
    try { await navigator.clipboard.writeText(location.href); copy.textContent = "Copied"; } catch { copy.textContent = "Copy from the address bar"; }
  }}, "Copy link");
  const sameCode = event.code_section ? el("button", {type: "button", id: "same-code", onclick: () => { state.code = event.code_section; refresh(true); goTo(event.id); }}, "All for this code") : null;
  target.append(el("div", {class: "links"}, copy, sameCode));
  const found = DATA.importance && DATA.importance[event.id];
  if (found) target.append(...part("Importance", el("p", {}, `${found.value.toFixed(2)} [${found.low.toFixed(2)}, ${found.high.toFixed(2)}]: how often the answer changes when this step is drawn again`), weight(event)));
  if (DATA.pairs && left !== null && right !== null && status === "changed") target.append(...part("Changed", el("p", {}, DATA.changes[left].map(words).join(", "))));
  target.append(...fieldsOf(event));
  if (DATA.pairs && left !== null && right !== null) target.append(el("h2", {}, "In the other chain"), ...fieldsOf(OTHER[right]));
  if (left !== null) target.append(...relations(event), ...annotations(event));
  target.scrollTop = 0;
  showText(left === null ? null : event);
}
function showText(event) {
  if (!DATA.source) return;
  const given = /^(\d+)-(\d+)$/.exec(state.chars), span = given ? [Number(given[1]), Number(given[2])] : event && event.end !== null ? [event.position, event.end] : null;
  const pane = $("text"), from = span ? Math.max(0, span[0] - 1500) : 0, to = span ? span[1] + 1500 : 3000;
  pane.replaceChildren();
  if (!span) { put(pane, units(0, to)); return; }
  const marked = el("mark", {text: units(span[0], span[1])});
  if (from > 0) pane.append("… ");
  put(pane, units(from, span[0])); pane.append(marked); put(pane, units(span[1], to));
  pane.scrollTop = Math.max(0, marked.offsetTop - pane.offsetTop - 40);
}
let points = null;
function units(from, to) { // positions count characters, not UTF-16 units
  if (points === null) points = /[\ud800-\udfff]/.test(DATA.source) ? Array.from(DATA.source) : false;
  return points ? points.slice(from, to).join("") : DATA.source.slice(from, to);
}
