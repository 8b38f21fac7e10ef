// @ts-check
// The lines of both panels, with their names, colours and dashes.

import { smoothed } from "./scale.js";

/**
 * @typedef {import("./types.js").Line} Line
 * @typedef {import("./types.js").Rows} Rows
 */

const GRAY = "var(--st-gray-color, #7a8494)";

/** @type {{ [column: string]: string }} */
const COLORS = {
  "loss/contrast": "var(--st-primary-color)",
  "loss/segmentation": "var(--st-text-color)",
  "loss/self_training": GRAY,
};
const DASHES = ["5 3", "2 3", "8 3"]; // of losses without a colour of their own

/** @type {{ [word: string]: string }} */
const SHORT = { segmentation: "Segment", "self training": "Self-train" };

/**
 * Return the lines of mIoU in percent; a domain without any score has none.
 * @param {import("./types.js").Scores} scores
 * @returns {Line[]}
 */
export function scoreLines({ steps, source, target }) {
  const percent = (/** @type {(number | null)[]} */ values) =>
    values.map((value) => (value === null ? NaN : 100 * value));
  const lines = [
    { name: "Source", x: steps, y: percent(source), color: "var(--st-text-color)", dash: "5 3" },
    { name: "Target", x: steps, y: percent(target), color: "var(--st-primary-color)", dash: "" },
  ];
  return lines.filter((line) => line.y.some(Number.isFinite));
}

/**
 * Return the level of each baseline as a flat dashed line over the given steps, in percent.
 * @param {import("./types.js").LinesData["baselines"]} baselines
 * @param {number[]} steps
 * @returns {Line[]}
 */
export function baselineLines(baselines, steps) {
  return baselines.map(({ name, iou }) => ({
    name,
    x: steps,
    y: steps.map(() => 100 * iou),
    color: GRAY,
    dash: "4 4",
  }));
}

/**
 * Return the lines of every loss, their sum only where nothing else is recorded; or of one scalar.
 * @param {Rows} rows
 * @param {{ metric?: string, smoothing?: number }} [settings] "" is the losses
 * @returns {Line[]}
 */
export function metricLines(rows, { metric = "", smoothing = 0 } = {}) {
  const all = Object.keys(rows).filter((name) => name.startsWith("loss/"));
  const parts = all.filter((name) => name !== "loss/total");
  const names = metric ? [metric].filter((name) => name in rows) : parts.length ? parts : all;
  return names.map((name, i) => ({
    name: metric ? "" : lossName(name),
    x: rows.step,
    y: smoothing ? smoothed(rows[name], smoothing) : rows[name],
    ...(smoothing && { raw: rows[name] }),
    color: metric ? "var(--st-primary-color)" : (COLORS[name] ?? GRAY),
    dash: metric || name in COLORS ? "" : DASHES[i % DASHES.length],
  }));
}

/**
 * Return lines over the hours since the run began instead of over steps.
 * @param {Line[]} lines
 * @param {Rows} rows
 * @returns {Line[]}
 */
export function overTime(lines, rows) {
  return lines.map((line) => ({ ...line, x: line.x.map((step) => hoursAt(rows, step)) }));
}

/**
 * Return the hours after which a step was recorded, that of the nearest row.
 * @param {Rows} rows
 * @param {number} step
 */
export function hoursAt({ step: steps, time }, step) {
  if (!time?.length || step <= 0) return 0;
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return time[low];
}

/** @param {string} column */
function lossName(column) {
  const word = column.replace("loss/", "").replaceAll("_", " ");
  return SHORT[word] ?? word[0].toUpperCase() + word.slice(1);
}
