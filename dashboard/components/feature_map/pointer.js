// What the pointer does on the feature map: circle, box, pan, click, zoom by wheel, look at a point.

import { h } from "../shared/dom.js";

const NEAR = 8; // pixels
const CLICK = 3; // pixels a click may move

// Connect the overlay of `map` with its pointer.
export function followPointer(map) {
  const { overlay } = map;
  overlay.addEventListener("pointerdown", (event) => press(map, event));
  overlay.addEventListener("pointermove", (event) => {
    if (map.positions && !event.buttons)
      point(map, nearest(map, place(map, event)), place(map, event));
  });
  overlay.addEventListener("pointerleave", () => point(map, null));
  overlay.addEventListener(
    "wheel",
    (event) => {
      if (!map.view) return;
      event.preventDefault();
      map.look(map.view.zoomed(Math.exp(-event.deltaY / 400), place(map, event)));
    },
    { passive: false },
  );
}

function place(map, event) {
  const box = map.overlay.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function press(map, event) {
  if (!map.view || event.button > 0) return;
  map.root.focus({ preventScroll: true });
  map.overlay.setPointerCapture(event.pointerId);
  point(map, null);
  const begun = place(map, event),
    { view } = map;
  const pans = (map.tool === "pan") !== event.shiftKey;
  const path = [view.toUnits(begun)];
  const stop = new AbortController(),
    { signal } = stop;
  map.overlay.addEventListener(
    "pointermove",
    (moved) => {
      const now = place(map, moved);
      if (pans) {
        map.look(view.moved(now[0] - begun[0], now[1] - begun[1]));
        return;
      }
      if (map.tool === "box")
        path.splice(0, path.length, ...corners(begun, now).map((one) => view.toUnits(one)));
      else path.push(view.toUnits(now));
      map.outline(path);
    },
    { signal },
  );
  map.overlay.addEventListener(
    "pointerup",
    (ended) => {
      stop.abort();
      const now = place(map, ended);
      if (Math.hypot(now[0] - begun[0], now[1] - begun[1]) < CLICK && path.length < 5)
        click(map, now);
      else if (!pans) map.select(path);
    },
    { signal },
  );
  map.overlay.addEventListener(
    "pointercancel",
    () => {
      stop.abort();
      map.outline(null);
    },
    { signal },
  );
}

function corners([left, top], [right, bottom]) {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

// A click chooses the point under the pointer by a small ring around it; beside all, nothing.
function click(map, where) {
  const index = nearest(map, where);
  if (index === null) {
    map.select([]);
    return;
  }
  const [x, y] = map.pixel(index);
  const ring = Array.from({ length: 12 }, (_, i) =>
    map.view.toUnits([x + 2 * Math.cos((i * Math.PI) / 6), y + 2 * Math.sin((i * Math.PI) / 6)]),
  );
  map.select(ring, index);
}

// Return the point shown that is nearest to a place, null beyond a few pixels.
function nearest(map, where) {
  const [x, y] = map.view.toUnits(where);
  let best = (NEAR / map.view.zoom) ** 2,
    found = null;
  const { positions, rows } = map;
  for (let i = 0; i < rows.shown.length; i++) {
    if (!rows.shown[i]) continue;
    const away = (positions[2 * i] - x) ** 2 + (positions[2 * i + 1] - y) ** 2;
    if (away < best) {
      best = away;
      found = i;
    }
  }
  return found;
}

// Say what a point is, beside it; null hides it.
function point(map, index, where) {
  const { tip, data, rows } = map;
  if (index !== map.pointed) {
    map.pointed = index;
    map.draw();
  }
  tip.hidden = index === null;
  if (index === null) return;
  tip.replaceChildren(
    h("b", { text: data.names[rows.class_id[index]] ?? "No label" }),
    h("span", { text: `${data.domains[rows.domain[index]]}, ${data.images[rows.image[index]]}` }),
    h("span", {
      text: `predicted ${data.names[rows.predicted[index]]}, sure ${rows.sure[index]} %`,
    }),
  );
  const right = where[0] > map.stage.clientWidth - 220;
  Object.assign(tip.style, {
    left: `${where[0] + (right ? -200 : 14)}px`,
    top: `${where[1] + 14}px`,
  });
}
