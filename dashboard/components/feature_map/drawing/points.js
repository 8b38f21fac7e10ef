// @ts-check
// Points of the feature map: one draw of all classes in shuffled order, moved between two steps.

import { brush } from "../../shared/dom.js";
import { UNPLACED } from "../movement/view.js";
import { GraphicsPoints } from "./webgl.js";

/**
 * @typedef {import("../movement/view.js").View} View
 * @typedef {import("../types.js").Rows} Rows
 */

/**
 * Return what draws points on a canvas: the graphics card, or without WebGL2 a plain canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} redraw called when the graphics card has come back
 */
export function pointsOn(canvas, redraw) {
  const gl = canvas.getContext("webgl2", {
    alpha: true,
    antialias: false,
    preserveDrawingBuffer: true,
  });
  return gl ? new GraphicsPoints(gl, redraw) : new PlainPoints(canvas);
}

class PlainPoints {
  /** @type {Uint32Array} */ order = new Uint32Array(0);
  /** @type {Int16Array | null} */ from = null;
  /** @type {Int16Array | null} */ to = null;
  /** @type {Uint8Array | null} */ paint = null;
  /** @type {Uint8Array | null} */ kind = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.context = brush(canvas);
  }

  /**
   * @param {Uint32Array} order shuffled indices, so that no class hides the others
   * @param {Int16Array} from x and y of every point
   * @param {Int16Array} to the same after the morph
   */
  setPositions(order, from, to) {
    Object.assign(this, { order, from, to });
  }

  /**
   * @param {Uint32Array} order
   * @param {Uint8Array} paint red, green, blue, opacity of every point
   * @param {Uint8Array} kind of every point: 1 disc or 0 ring, 1 shown
   */
  setLook(order, paint, kind) {
    Object.assign(this, { order, paint, kind });
  }

  /**
   * @param {View} view of the canvas' own pixels
   * @param {number} share of the morph, in [0, 1]
   * @param {number} size in pixels
   */
  draw(view, share, size) {
    const { context, from, to, kind, paint } = this;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    if (!from || !to || !kind || !paint) return;
    context.lineWidth = size * 0.22;
    for (const i of this.order) {
      if (!kind[2 * i + 1] || to[2 * i] === UNPLACED) continue;
      const start = from[2 * i] === UNPLACED ? to : from;
      const x = start[2 * i] + share * (to[2 * i] - start[2 * i]);
      const y = start[2 * i + 1] + share * (to[2 * i + 1] - start[2 * i + 1]);
      context.fillStyle =
        context.strokeStyle = `rgb(${paint[4 * i]} ${paint[4 * i + 1]} ${paint[4 * i + 2]} / ${paint[4 * i + 3] / 255})`;
      context.beginPath();
      context.arc(
        x * view.zoom + view.x,
        view.y - y * view.zoom,
        size * (kind[2 * i] ? 0.5 : 0.39),
        0,
        7,
      );
      if (kind[2 * i]) context.fill();
      else context.stroke();
    }
  }

  destroy() {}
}

/**
 * Return colour and opacity of every point, and its domain and whether it is shown at all.
 * @param {Rows} rows
 * @param {import("../types.js").Rgb[]} colors
 * @returns {[paint: Uint8Array, kind: Uint8Array]}
 */
export function lookOf(rows, colors) {
  const count = rows.shown.length;
  const paint = new Uint8Array(4 * count),
    kind = new Uint8Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = colors[rows.color[i]];
    paint.set([red, green, blue, rows.strong[i] ? 230 : 60], 4 * i);
    kind.set([rows.domain[i], rows.shown[i]], 2 * i);
  }
  return [paint, kind];
}

/**
 * Return the columns of the points.
 * @param {import("../types.js").Table} points
 * @returns {Rows}
 */
export function rowsOf(points) {
  const column = (/** @type {keyof Rows} */ name) => {
    const found = points.getChild(name);
    if (!found) throw new Error(`the points have no column ${name}`);
    return found.toArray();
  };
  return {
    class_id: column("class_id"),
    domain: column("domain"),
    image: column("image"),
    predicted: column("predicted"),
    sure: column("sure"),
    shown: column("shown"),
    color: column("color"),
    strong: column("strong"),
  };
}
