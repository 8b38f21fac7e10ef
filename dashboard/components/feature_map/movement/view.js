// @ts-check
// Where stored map units stand on the screen: zoom, pan, and the way back.

/** @typedef {import("../types.js").Place} Place */

export const UNPLACED = -32768;
const KEPT = 0.002; // share of the outermost points, at each side, that a fit leaves out
const FILLED = 0.9; // share of the picture that a fit fills
const EDGE = 8; // pixels: a point nearer to the edge of the picture is cut
const LOST = 1.6; // points that could be shown so much larger are lost in the picture

/** A zoom and the pixel of the map's origin; y points up in the map and down on the screen. */
export class View {
  /**
   * @param {number} zoom pixels per map unit
   * @param {number} x
   * @param {number} y
   */
  constructor(zoom, x, y) {
    this.zoom = zoom;
    this.x = x;
    this.y = y;
  }

  /**
   * @param {Place} place
   * @returns {Place}
   */
  toPixel([x, y]) {
    return [x * this.zoom + this.x, this.y - y * this.zoom];
  }

  /**
   * @param {Place} pixel
   * @returns {Place}
   */
  toUnits([x, y]) {
    return [(x - this.x) / this.zoom, (this.y - y) / this.zoom];
  }

  /**
   * Return the view moved by pixels.
   * @param {number} x
   * @param {number} y
   */
  moved(x, y) {
    return new View(this.zoom, this.x + x, this.y + y);
  }

  /**
   * Return the view enlarged around a pixel that stays where it is.
   * @param {number} factor
   * @param {Place} pixel
   */
  zoomed(factor, [x, y]) {
    return new View(this.zoom * factor, x + (this.x - x) * factor, y + (this.y - y) * factor);
  }

  /**
   * Return what is seen on the way to another view; every point moves on a straight line.
   * @param {View} other
   * @param {number} share of the way, in [0, 1]
   */
  towards(other, share) {
    const mix = (/** @type {"zoom" | "x" | "y"} */ name) =>
      this[name] + share * (other[name] - this[name]);
    return new View(mix("zoom"), mix("x"), mix("y"));
  }

  /**
   * Return the same view in the pixels of the device.
   * @param {number} ratio device pixels per pixel
   */
  times(ratio) {
    return new View(this.zoom * ratio, this.x * ratio, this.y * ratio);
  }
}

/** What of the map is seen: all of it, until somebody zooms or moves it. */
export class Camera {
  /** @param {Place} size width and height of the picture in pixels */
  constructor(size) {
    this.size = size;
    /** @type {View | null} */
    this.view = null;
    /** @type {View | null} */
    this.from = null;
    /** @type {View | null} */
    this.aim = null;
    this.isChosen = false;
  }

  /**
   * Show nearly all points, now and from now on.
   * @param {Int16Array} positions
   */
  fit(positions) {
    this.view = this.from = this.aim = fitted(positions, this.size);
    this.isChosen = false;
  }

  /**
   * Show what somebody wants to see, until they ask for all of it again.
   * @param {View} view
   */
  look(view) {
    this.view = view;
    this.isChosen = true;
  }

  /**
   * Get ready for a morph to `positions`: a map that grows a little leaves the view as it is.
   * @param {Int16Array} positions
   */
  follow(positions) {
    if (!this.view) this.fit(positions);
    if (this.isChosen || !this.view) return;
    this.from = this.view;
    this.aim = shows(this.view, positions, this.size) ? this.view : fitted(positions, this.size);
  }

  /**
   * Go along with the morph.
   * @param {number} share of the morph, in [0, 1]
   */
  travel(share) {
    if (!this.isChosen && this.from && this.aim) this.view = this.from.towards(this.aim, share);
  }

  /**
   * @param {Place} size
   * @param {Int16Array | null} positions null while none are here
   */
  resize(size, positions) {
    const [width, height] = this.size;
    this.size = size;
    if (this.isChosen && this.view) {
      this.view = this.view.moved((size[0] - width) / 2, (size[1] - height) / 2);
    } else if (positions) this.fit(positions);
  }
}

/**
 * Return the view that shows nearly all placed points, with some room around them.
 * @param {Int16Array} positions
 * @param {Place} size
 */
function fitted(positions, [width, height]) {
  const { left, right, low, high } = bounds(positions);
  const [wide, tall] = [Math.max(1, right - left), Math.max(1, high - low)];
  const zoom = FILLED * Math.min(width / wide, height / tall);
  const [x, y] = [(zoom * (left + right)) / 2, (zoom * (low + high)) / 2];
  return new View(zoom, width / 2 - x, height / 2 + y);
}

/**
 * Return whether nearly all points are inside and not lost in the middle.
 * @param {View} view
 * @param {Int16Array} positions
 * @param {Place} size
 */
function shows(view, positions, [width, height]) {
  const { left, right, low, high } = bounds(positions);
  const [x1, y1] = view.toPixel([left, high]);
  const [x2, y2] = view.toPixel([right, low]);
  const isInside = x1 >= EDGE && y1 >= EDGE && x2 <= width - EDGE && y2 <= height - EDGE;
  return isInside && fitted(positions, [width, height]).zoom < LOST * view.zoom;
}

/** @param {Int16Array} positions */
function bounds(positions) {
  const [left, right] = extent(positions, 0);
  const [low, high] = extent(positions, 1);
  return { left, right, low, high };
}

/**
 * @param {Int16Array} positions
 * @param {0 | 1} axis
 */
function extent(positions, axis) {
  const values = positions.filter((value, i) => i % 2 === axis && value !== UNPLACED).sort();
  if (!values.length) return [0, 1];
  const last = Math.ceil(values.length * (1 - KEPT)) - 1;
  return [values[Math.floor(values.length * KEPT)], values[last]];
}

/**
 * Return where every point stands during a morph, in map units.
 * @param {Int16Array} from
 * @param {Int16Array} to
 * @param {number} share of the morph, in [0, 1]
 * @returns {(index: number) => Place}
 */
export function between(from, to, share) {
  return (index) => {
    const start = from[2 * index] === UNPLACED ? to : from;
    const at = (/** @type {0 | 1} */ axis) => {
      const begin = start[2 * index + axis];
      return begin + share * (to[2 * index + axis] - begin);
    };
    return [at(0), at(1)];
  };
}

/**
 * Return positions of several steps one after the other, whichever there are.
 * @param {(Int16Array | null)[]} steps
 * @returns {Int16Array}
 */
export function joined(steps) {
  const known = steps.filter((positions) => positions !== null);
  if (known.length === 1) return known[0];
  const all = new Int16Array(known.reduce((length, one) => length + one.length, 0));
  known.reduce((at, one) => {
    all.set(one, at);
    return at + one.length;
  }, 0);
  return all;
}

/**
 * Return how far a morph is that begins and ends slowly.
 * @param {number} done share of its time, in [0, 1]
 */
export function eased(done) {
  return done < 0.5 ? 4 * done ** 3 : 1 - (-2 * done + 2) ** 3 / 2;
}
