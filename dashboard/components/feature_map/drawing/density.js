// @ts-check
// Where points lie dense: lines around stated shares of them, in map units.

/** @typedef {import("../types.js").Place} Place */

const CELLS = 96; // along each side
const SPREAD = 3; // cells that one point is smeared over, to each side
const ROUNDS = 2; // of smearing; more make it rounder
const ROOM = 2 * SPREAD * ROUNDS; // cells around the outermost points

/**
 * Return lines around the densest points: inside the line of share 0.9 lie nine tenths of them.
 * A line is open only where the picture of the density ends, which it never reaches.
 * @param {Place[]} places of the points, in map units
 * @param {number[]} shares each in (0, 1)
 * @returns {Place[][][]} for each share its lines
 */
export function densityLines(places, shares) {
  if (places.length < 3) return shares.map(() => []);
  const grid = new Grid(places);
  const heights = places.map((place) => grid.at(place)).sort((a, b) => b - a);
  return shares.map((share) => {
    const level = heights[Math.min(heights.length - 1, Math.floor(share * heights.length))];
    return contours(grid.values, grid.side, level * 0.999).map((line) =>
      line.map((corner) => grid.toUnits(corner)),
    );
  });
}

/** Counts of points in square cells, smeared. */
class Grid {
  side = CELLS + 2 * ROOM;

  /** @param {Place[]} places */
  constructor(places) {
    const [left, wide] = span(places.map(([x]) => x));
    const [low, tall] = span(places.map(([, y]) => y));
    this.cell = Math.max(wide, tall, 1) / CELLS;
    this.corner = /** @type {Place} */ ([left - ROOM * this.cell, low - ROOM * this.cell]);
    this.values = new Float64Array(this.side * this.side);
    for (const place of places) this.values[this.index(place)] += 1;
    for (let round = 0; round < ROUNDS; round++) {
      this.values = smeared(this.values, this.side, 1);
      this.values = smeared(this.values, this.side, this.side);
    }
  }

  /** @param {Place} place */
  index([x, y]) {
    const column = Math.floor((x - this.corner[0]) / this.cell);
    const row = Math.floor((y - this.corner[1]) / this.cell);
    return row * this.side + column;
  }

  /** @param {Place} place */
  at(place) {
    return this.values[this.index(place)];
  }

  /**
   * Return where a corner of cells lies; values stand in the middle of their cells.
   * @param {Place} corner column and row
   * @returns {Place}
   */
  toUnits([column, row]) {
    return [this.corner[0] + (column + 0.5) * this.cell, this.corner[1] + (row + 0.5) * this.cell];
  }
}

/**
 * @param {number[]} values
 * @returns {[least: number, wide: number]}
 */
function span(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most - least];
}

/**
 * Return running means along one direction of a square.
 * @param {Float64Array} values
 * @param {number} side
 * @param {number} stride 1 along rows, `side` along columns
 */
function smeared(values, side, stride) {
  const result = new Float64Array(values.length);
  const other = stride === 1 ? side : 1;
  for (let line = 0; line < side; line++) {
    const start = line * other;
    let sum = 0;
    for (let i = -SPREAD; i < side; i++) {
      if (i + SPREAD < side) sum += values[start + (i + SPREAD) * stride];
      if (i - SPREAD - 1 >= 0) sum -= values[start + (i - SPREAD - 1) * stride];
      if (i >= 0) result[start + i * stride] = Math.max(0, sum) / (2 * SPREAD + 1);
    }
  }
  return result;
}

/**
 * Return the lines along which a square of values crosses a level, as columns and rows.
 * @param {Float64Array} values side * side of them, row by row
 * @param {number} side
 * @param {number} level
 * @returns {Place[][]}
 */
export function contours(values, side, level) {
  /** @type {Map<number, number[]>} */
  const neighbors = new Map(); // an edge of the lattice -> the edges its line goes on to
  const join = (/** @type {number} */ a, /** @type {number} */ b) => {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ]) {
      const known = neighbors.get(from);
      if (known) known.push(to);
      else neighbors.set(from, [to]);
    }
  };
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const at = row * side + column;
      const inside = [at, at + 1, at + side + 1, at + side].map((i) => values[i] > level);
      // Edges are numbered by the lattice point they begin at: even along the row, odd across.
      const edges = [2 * at, 2 * (at + 1) + 1, 2 * (at + side), 2 * at + 1];
      const crossed = edges.filter((_, i) => inside[i] !== inside[(i + 1) % 4]);
      if (crossed.length === 2) join(crossed[0], crossed[1]);
      else if (crossed.length === 4) {
        const [a, b] = inside[0] ? [1, 3] : [3, 1];
        join(crossed[0], crossed[a]);
        join(crossed[2], crossed[b]);
      }
    }
  }
  const place = (/** @type {number} */ edge) => crossing(values, side, level, edge);
  return chains(neighbors).map((line) => line.map(place));
}

/**
 * @param {Float64Array} values
 * @param {number} side
 * @param {number} level
 * @param {number} edge
 * @returns {Place}
 */
function crossing(values, side, level, edge) {
  const from = edge >> 1;
  const isAcross = edge & 1;
  const to = from + (isAcross ? side : 1);
  const share = (level - values[from]) / (values[to] - values[from]);
  const [column, row] = [from % side, Math.floor(from / side)];
  return isAcross ? [column, row + share] : [column + share, row];
}

/**
 * Return the rings and lines of a graph in which every node has one or two neighbors.
 * @param {Map<number, number[]>} neighbors
 */
function chains(neighbors) {
  /** @type {Set<number>} */
  const seen = new Set();
  /** @type {number[][]} */
  const lines = [];
  const ends = [...neighbors].filter(([, others]) => others.length === 1).map(([edge]) => edge);
  for (const start of [...ends, ...neighbors.keys()]) {
    if (seen.has(start)) continue;
    const line = [start];
    seen.add(start);
    let next = neighbors.get(start)?.find((edge) => !seen.has(edge));
    while (next !== undefined) {
      line.push(next);
      seen.add(next);
      next = neighbors.get(next)?.find((edge) => !seen.has(edge));
    }
    if (neighbors.get(start)?.includes(line[line.length - 1]) && line.length > 2) line.push(start);
    lines.push(line);
  }
  return lines;
}
