// @ts-check
// The map as a picture, and as a table of all that stands on it.

import { savePicture, saveTable } from "../shared/files/saved.js";
import { UNPLACED } from "./movement/view.js";

/** @typedef {import("./map.js").FeatureMap} FeatureMap */

const HEADS = ["kind", "class", "domain", "image", "predicted", "confidence", "x", "y"];

/**
 * Save what is seen of the map, with legend and note.
 * @param {FeatureMap} map
 */
export function saveMap(map) {
  return savePicture(map.root, nameOf(map));
}

/**
 * Save a row for each pixel that is shown and each prototype, in map units.
 * @param {FeatureMap} map
 */
export function saveNumbers(map) {
  saveTable(HEADS, rowsOf(map), nameOf(map));
}

/** @param {FeatureMap} map */
function nameOf({ data, shown }) {
  return `feature-map-${data.layout}-step-${shown ?? data.step}`;
}

/**
 * @param {FeatureMap} map
 * @returns {Generator<(string | number)[]>}
 */
function* rowsOf({ data, rows, positions }) {
  if (!positions) return;
  const count = rows.shown.length;
  const isPlaced = (/** @type {number} */ i) => positions[2 * i] !== UNPLACED;
  for (let i = 0; i < count; i++) {
    if (!rows.shown[i] || !isPlaced(i)) continue;
    const seen = [data.names[rows.class_id[i]], data.domains[rows.domain[i]]];
    const sure = rows.sure[i] <= 100 ? rows.sure[i] / 100 : "";
    const more = [data.images[rows.image[i]], data.names[rows.predicted[i]], sure];
    yield ["pixel", ...seen, ...more, positions[2 * i], positions[2 * i + 1]];
  }
  for (const [i, { name }] of data.prototypes.entries()) {
    const at = count + i;
    if (!isPlaced(at)) continue;
    yield ["prototype", name, "", "", "", "", positions[2 * at], positions[2 * at + 1]];
  }
}
