// @ts-check
// Draw layers over a photo at screen size, with patterns and borders.

import { brush } from "../shared/dom.js";
import { tile } from "./patterns.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Layer} Layer
 * @typedef {import("./types.js").Plane} Plane
 */

/**
 * Draw photo and layer into a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {object} scene
 * @param {CanvasImageSource | null} scene.photo
 * @param {Layer | null} scene.layer
 * @param {{ width: number, height: number }} scene.size of the image
 * @param {import("./types.js").View} scene.view
 * @param {import("./types.js").PaneLook} scene.look
 */
export function drawPane(canvas, { photo, layer, size, view, look }) {
  const context = brush(canvas);
  const scale = (canvas.width / size.width) * view.zoom;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  if (photo && !layer?.gray) {
    context.imageSmoothingEnabled = scale < 4;
    context.drawImage(photo, 0, 0, size.width, size.height);
  }
  if (!layer) return;
  context.imageSmoothingEnabled = false;
  context.globalAlpha = layer.gray ? 1 : look.opacity;
  context.drawImage(layer.picture, 0, 0, size.width, size.height);
  if (look.patterns) drawPatterns(context, layer, look.pixelRatio, scale);
  context.globalAlpha = 1;
  if (look.borders && !layer.gray) drawBorders(context, layer, look.pixelRatio / scale);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layer} layer
 * @param {number} width
 */
function drawBorders(context, layer, width) {
  context.lineWidth = width;
  context.strokeStyle = "rgba(255, 255, 255, 0.75)";
  context.stroke(kept(layer, "edges", () => edgesOf(layer.plane, null)));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layer} layer
 * @param {number} pixelRatio
 * @param {number} scale device pixels per image pixel
 */
function drawPatterns(context, layer, pixelRatio, scale) {
  const inverse = context.getTransform().inverse();
  for (const entry of layer.shown) {
    if (!entry.color || entry.pattern === "plain") continue;
    if (entry.pattern.endsWith("outline")) {
      drawOutline(context, layer, entry, pixelRatio / scale);
      continue;
    }
    const area = kept(layer, `area ${entry.id}`, () => areaOf(layer.plane, entry.id));
    const pattern = context.createPattern(tile(entry.pattern, entry.color, pixelRatio), "repeat");
    if (!pattern) continue;
    pattern.setTransform(inverse);
    context.fillStyle = pattern;
    context.fill(area);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layer} layer
 * @param {Entry} entry
 * @param {number} pixel of the screen, in image pixels
 */
function drawOutline(context, layer, entry, pixel) {
  const outline = kept(layer, `edge ${entry.id}`, () => edgesOf(layer.plane, entry.id));
  const ink = "#151A21";
  /** @type {[width: number, color: string][]} */
  const single = [[2.5, ink]];
  /** @type {[width: number, color: string][]} */
  const double = [
    [5, ink],
    [3, entry.color ?? ink],
    [1, ink],
  ];
  const widths = entry.pattern.startsWith("double") ? double : single;
  for (const [width, color] of widths) {
    context.lineWidth = width * pixel;
    context.strokeStyle = color;
    context.stroke(outline);
  }
}

/**
 * Return a path of a layer, made when it is first needed.
 * @param {Layer} layer
 * @param {string} name
 * @param {() => Path2D} make
 */
function kept(layer, name, make) {
  const path = layer.paths.get(name) ?? make();
  layer.paths.set(name, path);
  return path;
}

/**
 * Return the lines between pixels of different class.
 * @param {Plane} plane
 * @param {number | null} id of the only class to outline
 */
function edgesOf({ width, height, ids }, id) {
  const path = new Path2D();
  const differ = (/** @type {number} */ a, /** @type {number} */ b) =>
    ids[a] !== ids[b] && (id === null || ids[a] === id || ids[b] === id);
  for (let row = 1; row < height; row++) {
    runs(
      width,
      (column) => differ(row * width + column, (row - 1) * width + column),
      (a, b) => {
        path.moveTo(a, row);
        path.lineTo(b, row);
      },
    );
  }
  for (let column = 1; column < width; column++) {
    runs(
      height,
      (row) => differ(row * width + column, row * width + column - 1),
      (a, b) => {
        path.moveTo(column, a);
        path.lineTo(column, b);
      },
    );
  }
  return path;
}

/**
 * Return the pixels of a class as rows of rectangles.
 * @param {Plane} plane
 * @param {number} id
 */
function areaOf({ width, height, ids }, id) {
  const path = new Path2D();
  for (let row = 0; row < height; row++) {
    const start = row * width;
    runs(
      width,
      (column) => ids[start + column] === id,
      (a, b) => path.rect(a, row, b - a, 1),
    );
  }
  return path;
}

/**
 * Call `found` with begin and end of every run of indices for which `holds` is true.
 * @param {number} length
 * @param {(index: number) => boolean} holds
 * @param {(from: number, to: number) => void} found
 */
export function runs(length, holds, found) {
  let from = -1;
  for (let i = 0; i <= length; i++) {
    const inside = i < length && holds(i);
    if (inside && from < 0) from = i;
    if (!inside && from >= 0) {
      found(from, i);
      from = -1;
    }
  }
}
