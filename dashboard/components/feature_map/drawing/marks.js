// @ts-check
// What stands on top of the points: trails, prototypes with their names, the lasso, the pointer.

import { diamondScale, drawDiamond, drawNames } from "../../shared/prototypes.js";

/**
 * @typedef {import("../types.js").Scene} Scene
 * @typedef {import("../types.js").Mark} Mark
 * @typedef {import("../types.js").Place} Place
 * @typedef {CanvasRenderingContext2D} Context
 */

const TAU = 2 * Math.PI;

/**
 * Draw a scene; names stay readable above the lasso.
 * @param {Context} context of the overlay
 * @param {Scene} scene
 * @param {() => void} between draws what lies below all marks
 */
export function drawMarks(context, scene, between) {
  const { canvas } = context;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
  between();
  if (scene.lasso.length) drawLasso(context, scene);
  if (scene.show.trails) {
    for (const mark of scene.prototypes) drawTrail(context, mark, scene);
  }
  if (scene.show.prototypes) {
    const scale = diamondScale(scene.prototypes.length);
    for (const mark of scene.prototypes) drawDiamond(context, mark, scene.colors, scale);
    const names = scene.prototypes.map((mark) => ({ ...mark, color: mark.casing }));
    drawNames(context, names, scene);
  }
  if (scene.pointed) drawPointed(context, scene.pointed, scene);
}

/**
 * @param {Context} context
 * @param {Mark} mark
 * @param {Scene} scene
 */
function drawTrail(context, mark, { colors }) {
  if (mark.trail.length < 2) return;
  context.beginPath();
  trace(context, mark.trail);
  context.lineTo(mark.x, mark.y);
  context.lineJoin = "round";
  stroke(context, 4, colors.page);
  stroke(context, 2, mark.casing);
  const [x, y] = mark.trail[0];
  context.beginPath();
  context.arc(x, y, 3, 0, TAU);
  context.fillStyle = colors.page;
  context.fill();
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Scene} scene
 */
function drawLasso(context, { lasso, colors }) {
  context.beginPath();
  trace(context, lasso);
  context.closePath();
  context.globalAlpha = 0.1;
  context.fillStyle = colors.accent;
  context.fill();
  context.globalAlpha = 1;
  stroke(context, 4, colors.page);
  context.setLineDash([6, 4]);
  stroke(context, 2, colors.accent);
  context.setLineDash([]);
}

/**
 * @param {Context} context
 * @param {Place} pointed
 * @param {Scene} scene
 */
function drawPointed(context, [x, y], { colors }) {
  context.beginPath();
  context.arc(x, y, 7, 0, TAU);
  stroke(context, 2, colors.ink);
}

/**
 * @param {Context} context
 * @param {Place[]} places
 */
function trace(context, places) {
  for (const [x, y] of places) context.lineTo(x, y);
}

/**
 * @param {Context} context
 * @param {number} width
 * @param {string} color
 */
function stroke(context, width, color) {
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}
