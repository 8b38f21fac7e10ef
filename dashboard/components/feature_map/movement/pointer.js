// @ts-check
// What the pointer does on the feature map: circle, box, pan, click, zoom by wheel, look at a point.

import { placeIn } from "../../shared/dom.js";
import { tellPoint } from "../around/hover.js";
import { outline, select } from "../selecting.js";
import { sharePoint } from "./twins.js";

/**
 * @typedef {import("../map.js").FeatureMap} FeatureMap
 * @typedef {import("../types.js").Mode} Mode
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
  overlay.addEventListener("contextmenu", (event) => event.preventDefault());
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
  if (!view) return;
  map.root.focus({ preventScroll: true });
  overlay.setPointerCapture(event.pointerId);
  pointAt(map, null);
  const begun = placeOf(map, event);
  const isMac = event.ctrlKey && event.button === 2; // Ctrl and a click are the right button there
  const isPan = map.tool === "pan" || (event.button > 0 && !isMac);
  const mode = modeOf(event);
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
    outline(map, path);
  };
  const release = (/** @type {PointerEvent} */ ended) => {
    stop.abort();
    const now = placeOf(map, ended);
    const isClick = Math.hypot(now[0] - begun[0], now[1] - begun[1]) < CLICK && path.length < 5;
    if (isClick && event.button === 0) click(map, now, mode);
    else if (!isPan) select(map, path, mode);
  };
  const cancel = () => {
    stop.abort();
    outline(map, null);
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
 * @param {MouseEvent} event
 * @returns {Mode}
 */
function modeOf({ shiftKey, ctrlKey, metaKey }) {
  if (ctrlKey || metaKey) return "remove";
  return shiftKey ? "add" : "set";
}

/**
 * Select the point under the pointer by a small ring around it; beside all, nothing changes.
 * @param {FeatureMap} map
 * @param {Place} place
 * @param {Mode} mode
 */
function click(map, place, mode) {
  const { view } = map;
  const index = nearest(map, place);
  if (index === null || !view) return;
  const [x, y] = map.pixel(index);
  const ring = Array.from({ length: 12 }, (_, i) => {
    const angle = (i * Math.PI) / 6;
    return view.toUnits([x + 2 * Math.cos(angle), y + 2 * Math.sin(angle)]);
  });
  select(map, ring, mode, index);
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
 * Mark the point at a place and say what it is; null hides both.
 * @param {FeatureMap} map
 * @param {Place | null} place
 */
function pointAt(map, place) {
  const index = place && nearest(map, place);
  if (index !== map.pointed) {
    map.pointed = index;
    map.draw();
    sharePoint(map);
  }
  tellPoint(map, index, place);
}
