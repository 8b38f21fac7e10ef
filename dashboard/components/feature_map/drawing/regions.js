// @ts-check
// Which prototype the points of each place are nearest to, as cells of the map.

/**
 * @typedef {import("../types.js").Place} Place
 * @typedef {{ left: number, low: number, side: number, winner: number, share: number }} Cell in map
 *   units; `share` of the cell's points are nearest to prototype `winner`
 */

const CELLS = 56; // along the longer side
const FEWEST = 2; // points that make a cell; one is no majority

/**
 * Return the cells that hold enough points, each with the prototype that most of them are nearest
 * to in the full feature space.
 * @param {Place[]} places of the points, in map units
 * @param {number[]} nearest prototype of each point; negative for none
 * @returns {Cell[]}
 */
export function regionCells(places, nearest) {
  if (!places.length) return [];
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of places) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [low, high] = [Math.min(low, y), Math.max(high, y)];
  }
  const side = Math.max(right - left, high - low, 1) / CELLS;
  /** @type {Map<number, Map<number, number>>} */
  const cells = new Map();
  places.forEach(([x, y], i) => {
    if (nearest[i] < 0) return;
    const at = Math.floor((y - low) / side) * (CELLS + 1) + Math.floor((x - left) / side);
    const counts = cells.get(at) ?? new Map();
    counts.set(nearest[i], (counts.get(nearest[i]) ?? 0) + 1);
    cells.set(at, counts);
  });
  return [...cells].flatMap(([at, counts]) => {
    const whole = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (whole < FEWEST) return [];
    const [winner, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    const [column, row] = [at % (CELLS + 1), Math.floor(at / (CELLS + 1))];
    const place = { left: left + column * side, low: low + row * side };
    return [{ ...place, side, winner, share: most / whole }];
  });
}
