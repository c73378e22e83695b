// Patches, walked and selected.

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
