// @ts-check
// Numbers for the lines: a running mean, as many points as there are pixels.

import { stepText } from "../shared/dom.js";

/** @typedef {[x: number, y: number]} Point */

/**
 * Return the exponential running mean, without the pull of its start; gaps stay gaps.
 * @param {ArrayLike<number>} values
 * @param {number} [keep] share of the mean before in the next one
 */
export function smoothed(values, keep = 0.95) {
  let sum = 0;
  let weight = 0;
  return Array.from(values, (value) => {
    if (!Number.isFinite(value)) return NaN;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}

/**
 * Return the finite points in x0..x1, of each pixel at most the lowest and the highest.
 * @param {ArrayLike<number>} xs rising
 * @param {ArrayLike<number>} ys
 * @param {number} x0
 * @param {number} x1
 * @param {number} pixels between x0 and x1
 * @returns {Point[]}
 */
export function decimated(xs, ys, x0, x1, pixels) {
  /** @type {Point[]} */
  const kept = [];
  /** @type {{ at: number, low: Point, high: Point } | null} */
  let bin = null;
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] < x0 || xs[i] > x1 || !Number.isFinite(ys[i])) continue;
    const at = Math.floor(((xs[i] - x0) / (x1 - x0)) * pixels);
    /** @type {Point} */
    const point = [xs[i], ys[i]];
    if (!bin || bin.at !== at) {
      if (bin) kept.push(...ends(bin));
      bin = { at, low: point, high: point };
    } else if (ys[i] < bin.low[1]) bin.low = point;
    else if (ys[i] > bin.high[1]) bin.high = point;
  }
  if (bin) kept.push(...ends(bin));
  return kept;
}

/** @param {{ low: Point, high: Point }} bin */
function ends({ low, high }) {
  if (low[0] === high[0]) return [low];
  return low[0] < high[0] ? [low, high] : [high, low];
}

/**
 * Return the index of the value nearest to `wanted`, -1 if there is none.
 * @param {ArrayLike<number>} values
 * @param {number} wanted
 */
export function nearest(values, wanted) {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    const isNearer = Math.abs(values[i] - wanted) < Math.abs(values[best] - wanted);
    if (best < 0 || isNearer) best = i;
  }
  return best;
}

/**
 * Return a number of three digits, or as many as asked for; "none" where there is none.
 * @param {number} value
 * @param {number} [digits]
 */
export function numberText(value, digits = 3) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : "none";
}

/**
 * Return the powers of ten, with 2 and 5 between where they are few, that lie in low..high.
 * @param {number} low above 0
 * @param {number} high more than low
 */
export function logTicks(low, high) {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const factors = last - first > 2 ? [1] : [1, 2, 5];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const every = Math.ceil(powers.length / 5);
  return powers
    .filter((_, i) => i % every === 0)
    .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
    .filter((tick) => tick >= low && tick <= high);
}

/**
 * Return a place on the axis below: a step, or hours.
 * @param {number} place
 * @param {"step" | "time"} axis
 * @param {boolean} [spelled] with what it is
 */
export function placeText(place, axis, spelled = false) {
  if (axis === "step") return spelled ? `step ${stepText(place)}` : stepText(place);
  const hours = Number(place.toPrecision(3));
  return spelled ? `${hours} h` : String(hours);
}
