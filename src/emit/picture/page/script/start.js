// The start: cycles, and the patch that the address names.

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
