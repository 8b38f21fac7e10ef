// @ts-check
// What the pointer does on the feature map: circle, box, pan, click, zoom by wheel, look at a point.

import { h, placeIn } from "../../shared/dom.js";

/**
 * @typedef {import("../map.js").FeatureMap} FeatureMap
 * @typedef {import("../types.js").Place} Place
 */

const NEAR = 8; // pixels
const CLICK = 3; // pixels a click may move

/**
 * Connect the overlay of a map with its pointer.
 * @param {FeatureMap} map
 */
export function followPointer(map) {
  const { overlay } = map;
  overlay.addEventListener("pointerdown", (event) => grab(map, event));
  overlay.addEventListener("pointermove", (event) => {
    if (map.positions && !event.buttons) pointAt(map, placeOf(map, event));
  });
  overlay.addEventListener("pointerleave", () => pointAt(map, null));
  const zoom = (/** @type {WheelEvent} */ event) => {
    if (!map.view) return;
    event.preventDefault();
    map.look(map.view.zoomed(Math.exp(-event.deltaY / 400), placeOf(map, event)));
  };
  overlay.addEventListener("wheel", zoom, { passive: false });
}

/**
 * @param {FeatureMap} map
 * @param {MouseEvent} event
 * @returns {Place}
 */
function placeOf(map, event) {
  return placeIn(map.overlay, event);
}

/**
 * Follow the pointer from button down to button up.
 * @param {FeatureMap} map
 * @param {PointerEvent} event
 */
function grab(map, event) {
  const { view, overlay } = map;
  if (!view || event.button > 0) return;
  map.root.focus({ preventScroll: true });
  overlay.setPointerCapture(event.pointerId);
  pointAt(map, null);
  const begun = placeOf(map, event);
  const isPan = (map.tool === "pan") !== event.shiftKey;
  let path = [view.toUnits(begun)];
  const stop = new AbortController();
  const move = (/** @type {PointerEvent} */ moved) => {
    const now = placeOf(map, moved);
    if (isPan) {
      map.look(view.moved(now[0] - begun[0], now[1] - begun[1]));
      return;
    }
    if (map.tool === "box") path = corners(begun, now).map((corner) => view.toUnits(corner));
    else path.push(view.toUnits(now));
    map.outline(path);
  };
  const release = (/** @type {PointerEvent} */ ended) => {
    stop.abort();
    const now = placeOf(map, ended);
    const isClick = Math.hypot(now[0] - begun[0], now[1] - begun[1]) < CLICK && path.length < 5;
    if (isClick) click(map, now);
    else if (!isPan) map.select(path);
  };
  const cancel = () => {
    stop.abort();
    map.outline(null);
  };
  overlay.addEventListener("pointermove", move, { signal: stop.signal });
  overlay.addEventListener("pointerup", release, { signal: stop.signal });
  overlay.addEventListener("pointercancel", cancel, { signal: stop.signal });
}

/**
 * @param {Place} from
 * @param {Place} to
 * @returns {Place[]}
 */
function corners([left, top], [right, bottom]) {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/**
 * Select the point under the pointer by a small ring around it; beside all, nothing.
 * @param {FeatureMap} map
 * @param {Place} place
 */
function click(map, place) {
  const { view } = map;
  const index = nearest(map, place);
  if (index === null || !view) {
    map.select([]);
    return;
  }
  const [x, y] = map.pixel(index);
  const ring = Array.from({ length: 12 }, (_, i) => {
    const angle = (i * Math.PI) / 6;
    return view.toUnits([x + 2 * Math.cos(angle), y + 2 * Math.sin(angle)]);
  });
  map.select(ring, index);
}

/**
 * Return the point shown that is nearest to a place, null beyond a few pixels.
 * @param {FeatureMap} map
 * @param {Place} place
 */
function nearest({ view, positions, rows }, place) {
  if (!view || !positions) return null;
  const [x, y] = view.toUnits(place);
  let best = (NEAR / view.zoom) ** 2;
  let found = null;
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

/**
 * Say what the point at a place is, beside it; null hides it.
 * @param {FeatureMap} map
 * @param {Place | null} place
 */
function pointAt(map, place) {
  const { tip, data, rows } = map;
  const index = place && nearest(map, place);
  if (index !== map.pointed) {
    map.pointed = index;
    map.draw();
  }
  tip.hidden = index === null;
  if (index === null || !place) return;
  const where = `${data.domains[rows.domain[index]]}, ${data.images[rows.image[index]]}`;
  const predicted = data.names[rows.predicted[index]];
  tip.replaceChildren(
    h("b", { text: data.names[rows.class_id[index]] ?? "No label" }),
    h("span", { text: where }),
    h("span", { text: `predicted ${predicted}${sureText(rows.sure[index])}` }),
  );
  const isRight = place[0] > map.stage.clientWidth - 220;
  tip.style.left = `${place[0] + (isRight ? -200 : 14)}px`;
  tip.style.top = `${place[1] + 14}px`;
}

/**
 * Return how sure the model is, as the end of a sentence; nothing where it is not recorded (255).
 * @param {number} percent
 */
function sureText(percent) {
  return percent <= 100 ? `, sure ${percent} %` : "";
}
