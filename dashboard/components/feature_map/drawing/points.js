// @ts-check
// Points of the feature map: one draw of all classes in shuffled order, moved between two steps.

import { brush } from "../../shared/dom.js";
import { UNPLACED } from "../movement/view.js";
import { GraphicsPoints } from "./webgl.js";

/**
 * @typedef {import("../movement/view.js").View} View
 * @typedef {import("../types.js").Rows} Rows
 */

const STRONG = 230; // opacity, of 255
const WEAK = 60; // outside of a selection

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

/**
 * Return how large points are drawn, in pixels: many are smaller, so the map keeps about its ink.
 * @param {number} count
 */
export function pointSize(count) {
  return 8.5 * Math.min(1.6, Math.max(0.6, (3000 / count) ** 0.2));
}

class PlainPoints {
  /** @type {Uint32Array} */ order = new Uint32Array(0);
  /** @type {Int16Array | null} */ from = null;
  /** @type {Int16Array | null} */ to = null;
  /** @type {Uint8Array | null} */ paint = null;
  /** @type {Uint8Array | null} */ kind = null;
  /** @type {Uint8Array | null} */ casing = null;

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
   * @param {Uint8Array} kind of every point: 1 disc or 0 ring; 0 hidden, 1 shown, 2 selected
   * @param {Uint8Array} casing red, green, blue, opacity of the edge of every point
   */
  setLook(order, paint, kind, casing) {
    Object.assign(this, { order, paint, kind, casing });
  }

  /**
   * @param {View} view of the canvas' own pixels
   * @param {number} share of the morph, in [0, 1]
   * @param {number} size in pixels
   */
  draw(view, share, size) {
    const { context, from, to, kind, paint, casing } = this;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    if (!from || !to || !kind || !paint || !casing) return;
    for (const i of this.order) {
      if (!kind[2 * i + 1] || to[2 * i] === UNPLACED) continue;
      const start = from[2 * i] === UNPLACED ? to : from;
      const x = start[2 * i] + share * (to[2 * i] - start[2 * i]);
      const y = start[2 * i + 1] + share * (to[2 * i + 1] - start[2 * i + 1]);
      context.lineWidth = size * 0.22;
      context.fillStyle = context.strokeStyle = colorAt(paint, i);
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
      if (!casing[4 * i + 3]) continue;
      context.lineWidth = Math.max(1, size / 8);
      context.strokeStyle = colorAt(casing, i);
      context.stroke();
    }
  }

  destroy() {}
}

/**
 * @param {Uint8Array} values red, green, blue, opacity by turns
 * @param {number} i
 */
function colorAt(values, i) {
  const [red, green, blue, opacity] = values.subarray(4 * i, 4 * i + 4);
  return `rgb(${red} ${green} ${blue} / ${opacity / 255})`;
}

/**
 * Return colour and opacity of every point, its domain and how it is shown, and its edge.
 * @param {Rows} rows
 * @param {Pick<import("../types.js").MapData, "colors" | "casings" | "selects">} data
 * @param {number | null} lit the one class that is pointed at
 * @returns {[paint: Uint8Array, kind: Uint8Array, casing: Uint8Array]}
 */
export function lookOf(rows, { colors, casings, selects }, lit) {
  const count = rows.shown.length;
  const paint = new Uint8Array(4 * count),
    kind = new Uint8Array(2 * count),
    casing = new Uint8Array(4 * count);
  for (let i = 0; i < count; i++) {
    const isStrong = rows.strong[i] && (lit === null || rows.class_id[i] === lit);
    const opacity = isStrong ? STRONG : WEAK;
    paint.set(colors[rows.color[i]], 4 * i);
    paint[4 * i + 3] = opacity;
    if (casings.length) {
      casing.set(casings[rows.color[i]], 4 * i);
      casing[4 * i + 3] = opacity;
    }
    kind[2 * i] = rows.domain[i];
    kind[2 * i + 1] = rows.shown[i] ? (selects && rows.strong[i] ? 2 : 1) : 0;
  }
  return [paint, kind, casing];
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
    row: column("row"),
    column: column("column"),
    predicted: column("predicted"),
    sure: column("sure"),
    nearest: column("nearest"),
    shown: column("shown"),
    color: column("color"),
    strong: column("strong"),
  };
}
