// Where stored map units stand on the screen: zoom, pan, and the way back.

export const UNPLACED = -32768;
const KEPT = 0.002; // share of the outermost points, at each side, that a fit leaves out

export class View {
  constructor(zoom, x, y) {
    Object.assign(this, { zoom, x, y });
  }

  toPixel([x, y]) {
    return [x * this.zoom + this.x, this.y - y * this.zoom];
  }

  toUnits([x, y]) {
    return [(x - this.x) / this.zoom, (this.y - y) / this.zoom];
  }

  moved(x, y) {
    return new View(this.zoom, this.x + x, this.y + y);
  }

  // The view enlarged around a place that stays where it is.
  zoomed(factor, [x, y]) {
    return new View(this.zoom * factor, x + (this.x - x) * factor, y + (this.y - y) * factor);
  }

  // The same view in the pixels of the device.
  times(ratio) {
    return new View(this.zoom * ratio, this.x * ratio, this.y * ratio);
  }
}

// Return the view that shows nearly all placed points.
export function fitted(positions, width, height) {
  const [left, right] = extent(positions, 0), [low, high] = extent(positions, 1);
  const zoom = 0.9 * Math.min(width / Math.max(1, right - left), height / Math.max(1, high - low));
  return new View(zoom, width / 2 - (zoom * (left + right)) / 2, height / 2 + (zoom * (low + high)) / 2);
}

function extent(positions, axis) {
  const values = positions.filter((value, i) => i % 2 === axis && value !== UNPLACED).sort();
  if (!values.length) return [0, 1];
  return [values[Math.floor(values.length * KEPT)], values[Math.ceil(values.length * (1 - KEPT)) - 1]];
}

// Return where every point stands while a morph is at `share` in [0, 1]: x and y by turns, in units.
export function between(from, to, share) {
  return (index) => {
    const start = from[2 * index] === UNPLACED ? to : from;
    return [0, 1].map((axis) => {
      const begin = start[2 * index + axis];
      return begin + share * (to[2 * index + axis] - begin);
    });
  };
}
