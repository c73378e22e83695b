// The view: what of the drawing is shown, and how large.

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
