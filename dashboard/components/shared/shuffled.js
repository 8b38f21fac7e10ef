// @ts-check
// An order in which no class hides the others.

/**
 * Return the indices below `count`, shuffled by a generator of its own: the same every time.
 * @param {number} count
 */
export function shuffled(count) {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let state = 12345;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
