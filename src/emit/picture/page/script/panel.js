// The panel: all that the page holds about one patch or one line.

function open(name, children) {
  panel.setAttribute("aria-label", name);
  panel.replaceChildren(...children);
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("with-panel");
}

function top(heading) {
  return make("div", { class: "top" }, heading,
    make("button", { type: "button", "aria-label": "Close", click: clear }, "✕"));
}

function showPatch(id, at) {
  const patch = patches[id];
  const chips = [];
  const chip = (name, text) => chips.push(make("li", { class: "chip " + name }, text));
  if (patch.number !== null) chip("", `number ${patch.number} of ${patches.length}`);
  if (patch.phase) chip(patch.phase, patch.phase);
  if (patch.repeatable) chip("", "repeatable");
  if (groups[id].classList.contains("in-cycle")) chip("cycle", "in a cycle");
  const list = (title, kept, other) => [
    make("h3", {}, title + " ", make("b", {}, String(kept.length))),
    kept.length
      ? make("ul", { class: "needs" }, kept.map((line) => need(line, lines[line][other])))
      : make("p", { class: "note" }, "None."),
  ];
  const kept = (line) => lines[line].kind !== "cut";
  const cut = [...before[id], ...after[id]].filter((line) => !kept(line));
  const children = [
    top(make("h2", {}, ...shown(patch.name))),
    make("p", { class: "path" }, ...shown(patch.path)),
    make("ul", { class: "chips" }, chips),
    ...list("Needs", before[id].filter(kept), "from"),
    ...list("Needed by", after[id].filter(kept), "to"),
  ];
  if (cut.length) {
    children.push(make("h3", {}, "Not kept, to close no cycle ", make("b", {}, String(cut.length))),
      make("ul", { class: "needs" }, cut.map((line) => need(line, lines[line].from === id ? lines[line].to : lines[line].from, true))));
  }
  const code = sql(patch, at);
  children.splice(3, 0, make("h3", {}, "SQL"), code);
  if (patch.more) children.splice(5, 0, make("p", { class: "note" }, `${patch.more.toLocaleString("en")} more bytes are not in this page.`));
  open("Patch " + patch.name, children);
  const row = code.querySelector(".here");
  if (row) code.scrollTop = row.offsetTop - code.offsetTop - 60;
}

/** One need with its reasons. */
function need(at, other, both) {
  const line = lines[at];
  const name = both ? undefined : make("button", { type: "button", class: "link", click: () => go(other) }, ...shown(patches[other].name));
  const head = make("div", { class: "head" }, name ?? make("span", {}, ""),
    make("span", { class: "chip " + line.kind }, line.kind));
  if (both) head.prepend(make("span", {}, ...shown(patches[line.to].name), " needs ", ...shown(patches[line.from].name)));
  return make("li", { "data-need": at }, head, make("ul", { class: "reasons" }, line.reasons.map((reason) =>
    make("li", {},
      make("span", { class: "rule" }, `${reason.rule}, ${reason.strength}`),
      reason.does ? spot(line.from, reason.earlier, `${reason.does} ${reason.object}`) : undefined,
      spot(line.to, reason.later, reason.does ? `${reason.needs} it` : `${reason.needs} ${reason.object}`)))));
}

/** A place in a patch: a link to it, what is there, and the line. */
function spot(id, [row, column], words) {
  const text = row <= rowCount(id) ? rows(id)[row - 1].trim() : "";
  return make("div", { class: "at" },
    make("span", {},
      make("button", { type: "button", class: "link", click: () => go(id, row) }, ...shown(`${patches[id].path}:${row}:${column}`)),
      " ", ...shown(words)),
    text ? make("code", {}, ...shown(text.length > 160 ? text.slice(0, 160) + "…" : text)) : undefined);
}

const split = new Map();
function rows(id) {
  if (!split.has(id)) split.set(id, patches[id].sql.split(/\r\n|\n|\r/));
  return split.get(id);
}
const rowCount = (id) => rows(id).length;

function go(id, row) {
  select(id, row);
  if (row === undefined) panel.querySelector("button").focus();
  else panel.querySelector(".sql").focus({ preventScroll: true });
}

const WORDS = new Set(("add after all alter and as asc before begin between by cascade case cast check column comment "
  + "commit constraint copy create cross cube database declare default deferrable delete desc distinct do domain drop "
  + "each else elsif end enum except exception execute exists extension false fetch for foreign from full function go "
  + "grant group having if ilike in index inner inout insert intersect into is join key language lateral left like "
  + "limit loop materialized merge natural not null of off offset on only or order out outer over partition perform "
  + "policy primary procedure publication raise recursive references refresh rename replace restrict return returning "
  + "returns revoke right role row rows rule schema select sequence serial set some table temp temporary then to "
  + "trigger true truncate type union unique unlogged update using values view when where while window with without").split(" "));
const TOKEN = /(--[^\n\r]*|\/\*[^]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$)|(\$\w*\$)[^]*?(?:\3|$))|("(?:[^"]|"")*"|`[^`]*`|\w*[A-Za-z_]\w*)|(\d+(?:\.\d+)?)/g;

/** The SQL in rows with numbers, lightly coloured. */
function sql(patch, at) {
  const code = make("code", {});
  let row, number = 0;
  const next = () => {
    number += 1;
    row = make("span", { class: number === at ? "row here" : "row", "data-n": number });
    code.append(row);
  };
  const put = (text, kind) => text.split(/\r\n|\n|\r/).forEach((part, index) => {
    if (index) next();
    if (part) row.append(...(kind ? [make("span", { class: kind }, ...shown(part))] : shown(part)));
  });
  next();
  let last = 0;
  for (const token of patch.sql.matchAll(TOKEN)) {
    const kind = token[1] ? "c" : token[2] ? "s" : token[5] ? "d" : WORDS.has(token[0].toLowerCase()) ? "k" : "";
    if (!kind) continue;
    put(patch.sql.slice(last, token.index));
    put(token[0], kind);
    last = token.index + token[0].length;
  }
  put(patch.sql.slice(last));
  if (number > 1 && !row.hasChildNodes()) row.remove();
  return make("pre", { class: "sql", tabindex: "0", "aria-label": "SQL" }, code);
}
