// Switches: implied edges, the theme, what the reader has chosen before.

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
