// @ts-check
// What the overlay of the feature map shows at this moment, in pixels.

import { UNPLACED } from "../movement/view.js";

/**
 * @typedef {import("../map.js").FeatureMap} FeatureMap
 * @typedef {import("../types.js").Place} Place
 */

/**
 * Return the scene of a map. A shape belongs to the step where it was drawn.
 * @param {FeatureMap} map
 * @param {import("../movement/view.js").View} view
 * @param {number} ratio device pixels per pixel
 * @returns {import("../types.js").Scene}
 */
export function sceneOf(map, view, ratio) {
  const { data, shape } = map;
  const style = getComputedStyle(map.root);
  const lasso = shape && shape.step === map.shown ? shape.polygon : [];
  return {
    ratio,
    width: map.stage.clientWidth,
    height: map.stage.clientHeight,
    font: style.getPropertyValue("--st-font") || "sans-serif",
    colors: {
      page: style.getPropertyValue("--st-background-color"),
      ink: style.getPropertyValue("--st-text-color"),
      accent: style.getPropertyValue("--st-primary-color"),
      grey: style.getPropertyValue("--grey"),
    },
    show: data.show,
    prototypes: marksOf(map, view),
    lasso: lasso.map((place) => view.toPixel(place)),
    pointed: map.pointed === null ? null : map.pixel(map.pointed),
  };
}

/**
 * @param {FeatureMap} map
 * @param {import("../movement/view.js").View} view
 */
function marksOf(map, view) {
  const { positions, data } = map;
  const first = map.rows.shown.length;
  return data.prototypes
    .map((prototype, k) => ({ ...prototype, index: first + k }))
    .filter(({ shown, index }) => shown && positions && positions[2 * index] !== UNPLACED)
    .map((prototype) => {
      const [x, y] = map.pixel(prototype.index);
      return { ...prototype, x, y, trail: trailOf(map, view, prototype.index) };
    });
}

/**
 * Return the places of a prototype at the steps before the one shown, oldest first.
 * @param {FeatureMap} map
 * @param {import("../movement/view.js").View} view
 * @param {number} index
 */
function trailOf(map, view, index) {
  const { steps, trail_from: first } = map.data;
  /** @type {Place[]} */
  const places = [];
  for (const step of steps.slice(0, map.player.at)) {
    const values = map.files.at(step);
    if (!values || step < first || values[2 * index] === UNPLACED) continue;
    places.push(view.toPixel([values[2 * index], values[2 * index + 1]]));
  }
  return places;
}
