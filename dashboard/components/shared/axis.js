// @ts-check
// Along an axis: round numbers, and places of names that do not overlap.

/**
 * Return round numbers that cover low..high.
 * @param {number} low
 * @param {number} high more than low
 * @param {number} count of steps between them, about
 */
export function niceTicks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 5].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/**
 * Return places near the wanted ones, in their order, none closer than `gap` and all in low..high.
 * @param {number[]} wanted
 * @param {number} gap
 * @param {number} low
 * @param {number} high
 */
export function spread(wanted, gap, low, high) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  let lowest = low;
  for (const i of order) {
    places[i] = Math.max(places[i], lowest);
    lowest = places[i] + gap;
  }
  let highest = high;
  for (const i of order.toReversed()) {
    places[i] = Math.min(places[i], highest);
    highest = places[i] - gap;
  }
  return places;
}
