"use strict";
// Moves the drawing about and shows what the page holds about its patches. Foreign text (names, SQL)
// only ever becomes text nodes.
(() => {
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const { patches, lines } = data;
const stage = $("stage"), drawing = $("drawing"), panel = $("panel"), search = $("search");
const results = $("results"), status = $("status"), root = document.documentElement;
const HEIGHT = 46;
const groups = [...$("patches").children];
const edges = [];
for (const edge of $("lines").children) edges[+edge.dataset.line] = edge;
const before = patches.map(() => []), after = patches.map(() => []);
lines.forEach((line, at) => {
  after[line.from].push(at);
  before[line.to].push(at);
});
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 760px)");

/** An element with attributes (those of functions are listeners) and children. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined));
  return element;
}

// What cannot be seen, or turns the reading direction, is shown by its number.
const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/;
function shown(text) {
  if (!ODD.test(text)) return [text];
  return text.split(new RegExp("(" + ODD.source + ")")).filter(Boolean).map((part) =>
    ODD.test(part)
      ? make("span", { class: "odd" }, "U+" + part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"))
      : part);
}

// --- The view -------------------------------------------------------------------------------------

const view = { x: 0, y: 0, k: 1 };
const size = { width: drawing.viewBox.baseVal.width, height: drawing.viewBox.baseVal.height };
let pending = false, resting = 0;

function show(glide) {
  drawing.classList.toggle("gliding", Boolean(glide) && !calm.matches);
  if (!pending) {
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      drawing.style.transform = `translate(${view.x}px,${view.y}px) scale(${view.k})`;
      drawing.classList.toggle("far", view.k < 0.55);
      drawing.classList.toggle("very-far", view.k < 0.26);
    });
  }
}

/** While the view moves, the drawing is a picture of its own; when it rests, it is drawn sharp. */
function moving() {
  stage.classList.add("moving");
  clearTimeout(resting);
  resting = setTimeout(() => stage.classList.remove("moving"), 160);
}

/** The part of the stage that nothing covers. */
function room() {
  const { width, height } = stage.getBoundingClientRect();
  if (panel.hidden) return { width, height };
  const { width: wide, height: high } = panel.getBoundingClientRect();
  return narrow.matches ? { width, height: height - high } : { width: width - wide, height };
}

function fit(glide) {
  const { width, height } = room();
  const scale = (wide) => Math.min(1.25, Math.max(0.02, Math.min((wide - 16) / size.width, (height - 16) / size.height)));
  // Beside the legend, if that makes it little smaller.
  const legend = $("legend").open ? $("legend").offsetWidth + 16 : 0;
  const left = scale(width - legend) > 0.8 * scale(width) ? legend : 0;
  view.k = scale(width - left);
  view.x = Math.max(left, (width - size.width * view.k) / 2);
  view.y = (height - size.height * view.k) / 2;
  show(glide);
}

function zoom(factor, x, y, glide) {
  const { width, height } = room();
  x ??= width / 2;
  y ??= height / 2;
  const k = Math.min(4, Math.max(0.02, view.k * factor));
  view.x = x - ((x - view.x) * k) / view.k;
  view.y = y - ((y - view.y) * k) / view.k;
  view.k = k;
  show(glide);
}

/** Brings a patch into sight, large enough to be read. */
function reveal(id, centre) {
  const patch = patches[id], { width, height } = room();
  const k = Math.max(view.k, 0.7);
  let x = view.x + (patch.x + patch.width / 2) * view.k, y = view.y + (patch.y + HEIGHT / 2) * view.k;
  const margin = 90;
  const outside = x < margin || y < margin || x > width - margin || y > height - margin;
  if (centre || outside || k !== view.k) {
    view.k = k;
    view.x = width / 2 - (patch.x + patch.width / 2) * k;
    view.y = height / 2 - (patch.y + HEIGHT / 2) * k;
    show(true);
  }
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  const step = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey) {
    view.x -= (event.deltaX || event.deltaY) * step;
    show();
  } else {
    const by = Math.max(-60, Math.min(60, event.deltaY * step));
    zoom(Math.exp(-by * (event.ctrlKey ? 0.012 : 0.004)), event.clientX - box.left, event.clientY - box.top);
  }
  moving();
}, { passive: false });

// One pointer moves, two pinch. Less than a few pixels is a click.
const pointers = new Map();
let dragged = false;
stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  if (pointers.size === 0) dragged = false;
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, from: [event.clientX, event.clientY] });
});
addEventListener("pointermove", (event) => {
  const pointer = pointers.get(event.pointerId);
  if (!pointer) return;
  const others = [...pointers.entries()].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
  const dx = event.clientX - pointer.x, dy = event.clientY - pointer.y;
  if (!dragged && Math.hypot(event.clientX - pointer.from[0], event.clientY - pointer.from[1]) < 4) return;
  if (!dragged) {
    dragged = true;
    stage.setPointerCapture(event.pointerId);
  }
  if (others.length === 1) {
    const box = stage.getBoundingClientRect(), other = others[0];
    const was = Math.hypot(pointer.x - other.x, pointer.y - other.y);
    const is = Math.hypot(event.clientX - other.x, event.clientY - other.y);
    if (was > 0) zoom(is / was, (event.clientX + other.x) / 2 - box.left, (event.clientY + other.y) / 2 - box.top);
  } else {
    view.x += dx;
    view.y += dy;
    show();
  }
  pointer.x = event.clientX;
  pointer.y = event.clientY;
  moving();
});
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, (event) => pointers.delete(event.pointerId));
}

// --- Patches, walked and selected -----------------------------------------------------------------

let here = -1, selected = -1, walkedFrom = -1;
let marked = [];

const sequence = patches.map((_, id) => id).sort((one, other) =>
  (patches[one].number ?? 0) - (patches[other].number ?? 0) || one - other);

/** Makes a patch the one that the Tab key leads to. */
function stand(id) {
  if (here >= 0) groups[here].setAttribute("tabindex", "-1");
  here = id;
  groups[id].setAttribute("tabindex", "0");
}

function walk(id, from) {
  if (id === undefined || id < 0) return;
  walkedFrom = from ?? -1;
  stand(id);
  groups[id].focus({ preventScroll: true });
  reveal(id);
}

const middle = (id) => patches[id].x + patches[id].width / 2;
/** Of these patches the one where the walk came from, else the nearest to the side. */
function nearest(ids, id) {
  if (ids.includes(walkedFrom)) return walkedFrom;
  const far = (other) => Math.abs(middle(other) - middle(id));
  return ids.reduce((best, other) => (best === undefined || far(other) < far(best) ? other : best), undefined);
}

function step(key, id) {
  const drawn = (at) => !lines[at].implied || $("implied").checked;
  switch (key) {
    case "ArrowUp": return nearest(before[id].filter(drawn).map((at) => lines[at].from), id);
    case "ArrowDown": return nearest(after[id].filter(drawn).map((at) => lines[at].to), id);
    case "ArrowLeft":
    case "ArrowRight": {
      const left = key === "ArrowLeft";
      const row = patches.map((_, other) => other).filter((other) =>
        patches[other].y === patches[id].y && (left ? middle(other) < middle(id) : middle(other) > middle(id)));
      return row.length ? row.reduce((best, other) =>
        (left ? middle(other) > middle(best) : middle(other) < middle(best)) ? other : best) : undefined;
    }
    case "Home": return sequence[0];
    case "End": return sequence[sequence.length - 1];
    case "n": return sequence[sequence.indexOf(id) + 1];
    case "p": return sequence[sequence.indexOf(id) - 1];
  }
}

/** All that is reached over these lists of lines. */
function reach(id, lists, end) {
  const seen = new Set([id]), through = new Set(), stack = [id];
  while (stack.length) {
    for (const at of lists[stack.pop()]) {
      if (lines[at].kind === "cut") continue;
      through.add(at);
      const next = lines[at][end];
      if (!seen.has(next)) {
        seen.add(next);
        stack.push(next);
      }
    }
  }
  return [seen, through];
}

function mark(ids, kin, lit) {
  for (const element of marked) element.classList.remove("kin", "lit", "selected");
  marked = [];
  const set = (element, ...names) => {
    if (element) {
      element.classList.add(...names);
      marked.push(element);
    }
  };
  for (const id of ids) set(groups[id], "kin");
  for (const at of kin) set(edges[at], "kin");
  for (const at of lit) set(edges[at], "kin", "lit");
  drawing.classList.toggle("dimmed", marked.length > 0);
}

function select(id, at) {
  selected = id;
  const [up, upLines] = reach(id, before, "from"), [down, downLines] = reach(id, after, "to");
  const near = new Set([id]), direct = [...before[id], ...after[id]];
  for (const line of direct) near.add(lines[line].from).add(lines[line].to);
  mark(new Set([...up, ...down, ...near]), [...upLines, ...downLines], direct);
  groups[id].classList.add("selected");
  // What was found steps back behind what was chosen.
  drawing.classList.remove("searching");
  stand(id);
  showPatch(id, at);
  reveal(id);
  remember(patches[id].name);
  status.textContent = groups[id].getAttribute("aria-label");
}

function selectLine(at) {
  const line = lines[at];
  selected = -1;
  mark([line.from, line.to], [], [at]);
  open("Need", [
    top(make("h2", {}, ...shown(patches[line.to].name), " needs ", ...shown(patches[line.from].name))),
    make("ul", { class: "needs" }, need(at, line.from, true)),
  ]);
}

function clear() {
  const focus = panel.contains(document.activeElement);
  selected = -1;
  mark([], [], []);
  panel.hidden = true;
  document.body.classList.remove("with-panel");
  remember("");
  if (focus && here >= 0) groups[here].focus({ preventScroll: true });
}

function remember(name) {
  try {
    history.replaceState(null, "", name ? "#" + encodeURIComponent(name) : location.pathname + location.search);
  } catch {
    // Some places that a page is shown in have no address of their own.
  }
}

stage.addEventListener("click", (event) => {
  if (dragged) return;
  const patch = event.target.closest("[data-patch]"), line = event.target.closest("[data-line]");
  if (patch) {
    select(+patch.dataset.patch);
    patch.focus({ preventScroll: true });
  } else if (line) selectLine(+line.dataset.line);
  else if (!panel.hidden) clear();
});
stage.addEventListener("dblclick", (event) => {
  if (event.target.closest("[data-patch]")) return;
  const box = stage.getBoundingClientRect();
  zoom(1.8, event.clientX - box.left, event.clientY - box.top, true);
});
stage.addEventListener("focusin", (event) => {
  const patch = event.target.closest("[data-patch]");
  if (patch) {
    stand(+patch.dataset.patch);
    if (patch.matches(":focus-visible")) reveal(here);
  }
});
stage.addEventListener("keydown", (event) => {
  if (here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const patch = event.target.closest("[data-patch]");
  const id = patch ? +patch.dataset.patch : here;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    select(id);
    return;
  }
  const next = step(event.key, id);
  if (next !== undefined) {
    event.preventDefault();
    walk(next, id);
  } else if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    status.textContent = { ArrowUp: "needs no other patch", ArrowDown: "is needed by no other patch" }[event.key] || "the end of the row";
  }
});

// --- The panel ------------------------------------------------------------------------------------

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

// --- Search ---------------------------------------------------------------------------------------

const LISTED = 40;
let found = [], active = -1;
const lower = patches.map((patch) => ({ name: (patch.name + "\n" + patch.path).toLowerCase(), sql: undefined }));

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const inName = [], inText = [];
  if (words.length) {
    for (const id of sequence) {
      if (words.every((word) => lower[id].name.includes(word))) inName.push({ id, rank: rank(lower[id].name, words) });
      else {
        lower[id].sql ??= patches[id].sql.toLowerCase();
        if (words.every((word) => lower[id].sql.includes(word) || lower[id].name.includes(word))) {
          inText.push({ id, at: words.map((word) => lower[id].sql.indexOf(word)).find((at) => at >= 0) });
        }
      }
    }
  }
  // The sort keeps the order of the patches among equal ones.
  return [words, [...inName.sort((one, other) => one.rank - other.rank), ...inText]];
}

/** Whole names first, then starts of names. */
function rank(name, words) {
  const title = name.split("\n")[0].split("/").pop(), word = words[words.length - 1].split("/").pop();
  return title === word ? 0 : title.startsWith(word) ? 1 : 2;
}

function narrowed() {
  const [words, matches] = find(search.value);
  found = matches;
  active = matches.length ? 0 : -1;
  groups.forEach((group) => group.classList.remove("found"));
  for (const { id } of matches) groups[id].classList.add("found");
  drawing.classList.toggle("searching", words.length > 0);
  results.replaceChildren(...matches.slice(0, LISTED).map(({ id, at }, index) => {
    const item = make("li", { role: "option", id: "result-" + index, "data-found": id }, make("code", {}, ...shown(patches[id].name)));
    if (at !== undefined) {
      const start = patches[id].sql.lastIndexOf("\n", at) + 1;
      const number = patches[id].sql.slice(0, start).split("\n").length;
      item.dataset.row = number;
      item.append(make("small", {}, number + ": ", ...shown(patches[id].sql.slice(start, start + 160).split("\n")[0].trim())));
    }
    return item;
  }));
  if (words.length && matches.length !== 1) {
    const rest = matches.length > LISTED ? ` (${LISTED} listed)` : "";
    results.append(make("li", { class: "more", role: "option", "aria-disabled": "true" }, matches.length ? `${matches.length} patches${rest}` : "No patch has this."));
  }
  results.hidden = words.length === 0;
  search.setAttribute("aria-expanded", String(!results.hidden));
  if (words.length) status.textContent = `${matches.length} of ${patches.length} patches`;
  point();
}

function point() {
  [...results.children].forEach((item, index) => {
    item.setAttribute("aria-selected", String(index === active));
    if (index === active) item.scrollIntoView({ block: "nearest" });
  });
  if (active >= 0) search.setAttribute("aria-activedescendant", "result-" + active);
  else search.removeAttribute("aria-activedescendant");
}

function choose(item) {
  if (!item || item.dataset.found === undefined) return;
  const id = +item.dataset.found, row = item.dataset.row && +item.dataset.row;
  results.hidden = true;
  search.setAttribute("aria-expanded", "false");
  select(id, row);
  reveal(id, true);
  groups[id].focus({ preventScroll: true });
}

function endSearch() {
  search.value = "";
  narrowed();
}

search.addEventListener("input", narrowed);
search.addEventListener("focus", () => {
  if (search.value) narrowed();
});
search.addEventListener("blur", () => setTimeout(() => {
  results.hidden = true;
  search.setAttribute("aria-expanded", "false");
}, 150));
search.addEventListener("keydown", (event) => {
  const last = Math.min(found.length, LISTED) - 1;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (last >= 0) active = event.key === "ArrowDown" ? Math.min(last, active + 1) : Math.max(0, active - 1);
    point();
  } else if (event.key === "Enter") choose(results.children[active]);
  else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    if (search.value) endSearch();
    else if (here >= 0) groups[here].focus({ preventScroll: true });
  }
});
results.addEventListener("pointerdown", (event) => event.preventDefault());
results.addEventListener("click", (event) => choose(event.target.closest("li")));

// --- Switches -------------------------------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg";
let drawnImplied = false;
/** Lines that follow from others have no way of their own: they run behind the patches. */
function drawImplied() {
  drawnImplied = true;
  const part = document.createDocumentFragment();
  lines.forEach((line, at) => {
    if (!line.implied || edges[at]) return;
    const from = patches[line.from], to = patches[line.to];
    const [x, y, toX, toY] = [from.x + from.width / 2, from.y + HEIGHT, to.x + to.width / 2, to.y];
    const middle = (y + toY) / 2;
    const group = document.createElementNS(SVG, "g"), title = document.createElementNS(SVG, "title");
    group.setAttribute("class", "edge implied");
    group.dataset.line = at;
    title.textContent = `${to.name} needs ${from.name}`;
    group.append(title);
    for (const kind of ["hit", "line " + line.kind]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", kind);
      path.setAttribute("d", `M${x} ${y}C${x} ${middle} ${toX} ${middle} ${toX} ${toY}`);
      group.append(path);
    }
    edges[at] = group;
    part.append(group);
  });
  $("implied-lines").append(part);
}

$("implied").addEventListener("change", () => {
  const on = $("implied").checked;
  if (on && !drawnImplied) drawImplied();
  $("implied-lines").style.display = on ? "" : "none";
  for (const edge of $("lines").querySelectorAll(".implied")) edge.style.display = on ? "" : "none";
  if (selected >= 0) select(selected);
  status.textContent = on ? "all needs are drawn" : "needs that follow from others are not drawn";
});

const THEMES = ["auto", "light", "dark"];
function theme(name) {
  if (name === "auto") delete root.dataset.theme;
  else root.dataset.theme = name;
  $("theme-name").textContent = name[0].toUpperCase() + name.slice(1);
  $("theme").setAttribute("aria-label", name === "auto" ? "Theme: as the system has it" : "Theme: " + name);
}
function nextTheme() {
  const name = THEMES[(THEMES.indexOf(root.dataset.theme ?? "auto") + 1) % THEMES.length];
  theme(name);
  try {
    localStorage.setItem("sqlstitch-theme", name);
  } catch {
    // A page from a file may have no storage.
  }
}
try {
  const kept = localStorage.getItem("sqlstitch-theme");
  if (THEMES.includes(kept)) theme(kept);
} catch {
  // As above.
}

$("theme").addEventListener("click", nextTheme);
$("help").addEventListener("click", () => $("keys").showModal());
$("fit").addEventListener("click", () => fit(true));
$("zoom-in").addEventListener("click", () => zoom(1.4, undefined, undefined, true));
$("zoom-out").addEventListener("click", () => zoom(1 / 1.4, undefined, undefined, true));

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (event.key === "Escape") {
    if (!panel.hidden) clear();
    else if (search.value) endSearch();
    else fit(true);
    return;
  }
  if (event.target === search || event.target.closest("pre")) return;
  switch (event.key) {
    case "/":
      event.preventDefault();
      search.focus();
      search.select();
      break;
    case "+":
    case "=": zoom(1.25, undefined, undefined, true); break;
    case "-": zoom(0.8, undefined, undefined, true); break;
    case "0": fit(true); break;
    case "?": $("keys").showModal(); break;
    case "a": $("implied").click(); break;
    case "t": nextTheme(); break;
  }
});
addEventListener("resize", () => {
  if (panel.hidden) fit();
});

// --- The start ------------------------------------------------------------------------------------

if (data.cycles.length) {
  $("cycles").append(...data.cycles.map((cycle) => make("p", {}, make("b", {}, "A cycle: "),
    cycle.flatMap((id, index) => [
      index ? " needs " : "",
      make("button", { type: "button", class: "link", click: () => go(id) }, ...shown(patches[id].name)),
    ]))));
  $("cycles").hidden = false;
}
$("empty").hidden = patches.length > 0;
if (narrow.matches) $("legend").open = false;
if (patches.length) stand(sequence[0]);
fit();
if (location.hash.length > 1) {
  let name = "";
  try {
    name = decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not an address of ours.
  }
  const id = patches.findIndex((patch) => patch.name === name);
  if (id >= 0) {
    select(id);
    reveal(id, true);
  }
}
})();
