// Search, in names and in SQL.

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
