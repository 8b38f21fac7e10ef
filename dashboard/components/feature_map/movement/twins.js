// @ts-check
// Two maps of one projection side by side: one camera, one point under the pointer.

import { View } from "./view.js";

/** @typedef {import("../map.js").FeatureMap} FeatureMap */

/** @type {Set<FeatureMap>} */
const maps = new Set();

/**
 * Have a map follow its twin, and lead it.
 * @param {FeatureMap} map
 * @returns {() => void} ends it
 */
export function join(map) {
  maps.add(map);
  return () => {
    maps.delete(map);
  };
}

/** @param {FeatureMap} map */
function twinsOf(map) {
  const isTwin = (/** @type {FeatureMap} */ other) =>
    other !== map && map.data?.twin && other.data?.twin && other.data.layout === map.data.layout;
  return [...maps].filter(isTwin);
}

/**
 * Show what a map shows of the plane in its twin, too.
 * @param {FeatureMap} map
 */
export function shareView(map) {
  const { view, camera } = map;
  for (const twin of view ? twinsOf(map) : []) {
    const seen = view && recentered(view, camera.size, twin.camera.size);
    if (!seen || !twin.positions || isSame(seen, twin.view)) continue;
    twin.camera.view = seen;
    twin.camera.isChosen = camera.isChosen;
    twin.draw();
  }
}

/**
 * Mark the point that is pointed at in the twin, too.
 * @param {FeatureMap} map
 */
export function sharePoint(map) {
  for (const twin of twinsOf(map)) {
    if (twin.pointed === map.pointed) continue;
    twin.pointed = map.pointed;
    twin.draw();
  }
}

/**
 * Return the view with the same center and zoom in a picture of another size.
 * @param {View} view
 * @param {[width: number, height: number]} from
 * @param {[width: number, height: number]} to
 */
export function recentered(view, from, to) {
  return view.moved((to[0] - from[0]) / 2, (to[1] - from[1]) / 2);
}

/**
 * @param {View} view
 * @param {View | null} other
 */
function isSame(view, other) {
  if (!other) return false;
  const away = Math.hypot(view.x - other.x, view.y - other.y);
  return away < 0.01 && Math.abs(view.zoom / other.zoom - 1) < 1e-6;
}
