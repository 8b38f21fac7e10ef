// Where stored map units stand on the screen: zoom, pan, and the way back.

export const UNPLACED = -32768;
const KEPT = 0.002; // share of the outermost points, at each side, that a fit leaves out
const FILLED = 0.9; // share of the picture that a fit fills
const EDGE = 8; // pixels: a point nearer to the edge of the picture is cut
const LOST = 1.6; // points that could be shown so much larger are lost in the picture

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

  // What is seen on the way to another view; every point moves on a straight line.
  towards(other, share) {
    const mix = (name) => this[name] + share * (other[name] - this[name]);
    return new View(mix("zoom"), mix("x"), mix("y"));
  }

  // The same view in the pixels of the device.
  times(ratio) {
    return new View(this.zoom * ratio, this.x * ratio, this.y * ratio);
  }
}

// What of the map is seen: all of it, until somebody zooms or moves it.
export class Camera {
  constructor(size) {
    Object.assign(this, { size, view: null, from: null, aim: null, isChosen: false });
  }

  // Show nearly all points, now and from now on.
  fit(positions) {
    this.view = this.from = this.aim = fitted(positions, this.size);
    this.isChosen = false;
  }

  // Show what somebody wants to see, until they ask for all of it again.
  look(view) {
    this.view = view;
    this.isChosen = true;
  }

  // Get ready for a morph to `positions`: a map that grows a little leaves the view as it is.
  follow(positions) {
    if (!this.view) this.fit(positions);
    if (this.isChosen) return;
    this.from = this.view;
    this.aim = shows(this.view, positions, this.size) ? this.view : fitted(positions, this.size);
  }

  // Go along with the morph, a share in [0, 1].
  travel(share) {
    if (!this.isChosen) this.view = this.from.towards(this.aim, share);
  }

  resize(size, positions) {
    const [width, height] = this.size;
    this.size = size;
    if (this.isChosen) this.view = this.view.moved((size[0] - width) / 2, (size[1] - height) / 2);
    else if (positions) this.fit(positions);
  }
}

// Return the view that shows nearly all placed points, with some room around them.
function fitted(positions, [width, height]) {
  const { left, right, low, high } = bounds(positions);
  const zoom =
    FILLED * Math.min(width / Math.max(1, right - left), height / Math.max(1, high - low));
  return new View(
    zoom,
    width / 2 - (zoom * (left + right)) / 2,
    height / 2 + (zoom * (low + high)) / 2,
  );
}

// Return whether nearly all points are inside and not lost in the middle.
function shows(view, positions, [width, height]) {
  const { left, right, low, high } = bounds(positions);
  const [x1, y1] = view.toPixel([left, high]),
    [x2, y2] = view.toPixel([right, low]);
  const isInside = x1 >= EDGE && y1 >= EDGE && x2 <= width - EDGE && y2 <= height - EDGE;
  return isInside && fitted(positions, [width, height]).zoom < LOST * view.zoom;
}

function bounds(positions) {
  const [left, right] = extent(positions, 0),
    [low, high] = extent(positions, 1);
  return { left, right, low, high };
}

function extent(positions, axis) {
  const values = positions.filter((value, i) => i % 2 === axis && value !== UNPLACED).sort();
  if (!values.length) return [0, 1];
  return [
    values[Math.floor(values.length * KEPT)],
    values[Math.ceil(values.length * (1 - KEPT)) - 1],
  ];
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
