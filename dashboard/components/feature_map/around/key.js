// @ts-check
// What stands below the map: its marks, the key of its colours, and all of it as a table for ears.

import { h } from "../../shared/dom.js";

/** @typedef {import("../map.js").FeatureMap} FeatureMap */

/**
 * Draw marks and colours anew.
 * @param {FeatureMap} map
 */
export function drawKey(map) {
  const { legend, key } = map.data;
  const marks = legend.map(([mark, text]) => entry(h("i", { class: `mark ${mark}` }), text));
  const swatches = key.swatches.map(({ color, name, count }) =>
    entry(
      h("i", { class: "mark swatch", style: { background: color } }),
      `${name}, ${count.toLocaleString("en-US")}`,
    ),
  );
  map.legend.replaceChildren(...marks, ...swatches, ...(key.scale ? [scale(key.scale)] : []));
}

/**
 * @param {Node} mark
 * @param {string} text
 */
function entry(mark, text) {
  return h("span", {}, mark, text);
}

/** @param {NonNullable<import("../types.js").Key["scale"]>} scale */
function scale({ title, low, middle, high, colors }) {
  const cells = colors.map((color) => h("i", { class: "step", style: { background: color } }));
  return h(
    "span",
    { class: "scale" },
    h("span", { text: title }),
    h("span", { class: "bar", "aria-hidden": "true" }, ...cells),
    h("span", { class: "ends" }, ...[low, middle, high].map((text) => h("span", { text }))),
  );
}

const HEADS = ["Class", "Source", "Target", "Selected", "Predicted right"];

/**
 * Write what is shown, class by class, for who hears the page.
 * @param {FeatureMap} map
 */
export function drawTable(map) {
  const { data, rows, table } = map;
  const lines = countClasses(rows, data.names.length, data.selects).map((counts, id) => [
    data.names[id],
    ...counts.map((count) => count.toLocaleString("en-US")),
  ]);
  const row = (/** @type {string[]} */ texts, /** @type {"th" | "td"} */ tag) =>
    h("tr", {}, ...texts.map((text, i) => h(i ? tag : "th", { text, scope: i ? null : "row" })));
  const head = h("tr", {}, ...HEADS.map((text) => h("th", { text, scope: "col" })));
  table.replaceChildren(
    h("caption", { text: `What the map shows: ${data.counted}` }),
    h("thead", {}, head),
    h(
      "tbody",
      {},
      ...lines.filter((line) => line[1] !== "0" || line[2] !== "0").map((line) => row(line, "td")),
    ),
  );
}

/**
 * Return for each class how many points are shown of source and target, selected, predicted right.
 * @param {import("../types.js").Rows} rows
 * @param {number} classes how many there are
 * @param {boolean} selects whether there is a selection
 */
export function countClasses(rows, classes, selects) {
  const counts = Array.from({ length: classes }, () => [0, 0, 0, 0]);
  for (let i = 0; i < rows.shown.length; i++) {
    const mine = counts[rows.class_id[i]];
    if (!rows.shown[i] || !mine) continue;
    mine[rows.domain[i] ? 1 : 0] += 1;
    if (selects && rows.strong[i]) mine[2] += 1;
    if (rows.predicted[i] === rows.class_id[i]) mine[3] += 1;
  }
  return counts;
}
