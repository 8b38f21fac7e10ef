// @ts-check
// What is drawn around points becomes a selection. Only the shape travels: the same pixels are
// found on the other side.

/**
 * @typedef {import("./map.js").FeatureMap} FeatureMap
 * @typedef {import("./types.js").Mode} Mode
 * @typedef {import("./types.js").Place} Place
 */

/**
 * Show an outline, or none.
 * @param {FeatureMap} map
 * @param {Place[] | null} polygon in map units
 */
export function outline(map, polygon) {
  map.shape = map.shown === null || !polygon ? null : { polygon, step: map.shown };
  map.draw();
}

/**
 * Select what a shape holds.
 * @param {FeatureMap} map
 * @param {Place[]} path in map units
 * @param {Mode} mode
 * @param {number | null} point the one clicked
 */
export function select(map, path, mode = "set", point = null) {
  const polygon = path.map(([x, y]) => /** @type {Place} */ ([Math.round(x), Math.round(y)]));
  outline(map, polygon);
  map.send("selection", { polygon, step: map.shown, point, mode });
}

/** @param {FeatureMap} map */
export function clear(map) {
  outline(map, null);
  map.send("selection", { mode: "clear" });
}
