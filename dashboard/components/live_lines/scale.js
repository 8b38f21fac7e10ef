// Numbers for the lines: ticks, a running mean, and as many points as there are pixels.

/** Return round numbers that cover low..high in about `count` steps. */
export function niceTicks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Return the exponential running mean, without the pull of its start; gaps stay gaps. */
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

/** Return [x, y] of the finite points in x0..x1, at most the lowest and highest of each pixel. */
export function decimated(xs, ys, x0, x1, pixels) {
  const kept = [];
  let bin = null;
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] < x0 || xs[i] > x1 || !Number.isFinite(ys[i])) continue;
    const at = Math.floor(((xs[i] - x0) / (x1 - x0)) * pixels);
    if (!bin || bin.at !== at) {
      if (bin) kept.push(...ends(bin));
      bin = { at, low: [xs[i], ys[i]], high: [xs[i], ys[i]] };
    } else if (ys[i] < bin.low[1]) bin.low = [xs[i], ys[i]];
    else if (ys[i] > bin.high[1]) bin.high = [xs[i], ys[i]];
  }
  if (bin) kept.push(...ends(bin));
  return kept;
}

function ends({ low, high }) {
  if (low[0] === high[0]) return [low];
  return low[0] < high[0] ? [low, high] : [high, low];
}
