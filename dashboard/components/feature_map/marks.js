// @ts-check
// What stands on top of the points: trails, prototypes with their names, the lasso, the pointer.

/**
 * @typedef {import("./types.js").Scene} Scene
 * @typedef {import("./types.js").Mark} Mark
 * @typedef {import("./types.js").Place} Place
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Box
 * @typedef {CanvasRenderingContext2D} Context
 */

const TAU = 2 * Math.PI;

/**
 * Draw a scene; names stay readable above the lasso.
 * @param {Context} context of the overlay
 * @param {Scene} scene
 */
export function drawMarks(context, scene) {
  const { canvas } = context;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
  if (scene.lasso.length) drawLasso(context, scene);
  if (scene.show.trails) {
    for (const mark of scene.prototypes) drawTrail(context, mark, scene);
  }
  if (scene.show.prototypes) {
    for (const mark of scene.prototypes) drawDiamond(context, mark, scene);
    drawNames(context, scene);
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
  stroke(context, 2, mark.color);
  const [x, y] = mark.trail[0];
  context.beginPath();
  context.arc(x, y, 3, 0, TAU);
  context.fillStyle = colors.page;
  context.fill();
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Mark} mark
 * @param {Scene} scene
 */
function drawDiamond(context, { x, y, color }, { colors }) {
  const layers = /** @type {[half: number, fill: string][]} */ ([
    [13, colors.page],
    [10.5, colors.ink],
    [8.5, color],
  ]);
  for (const [half, fill] of layers) {
    context.beginPath();
    context.moveTo(x, y - half);
    context.lineTo(x + half, y);
    context.lineTo(x, y + half);
    context.lineTo(x - half, y);
    context.closePath();
    context.fillStyle = fill;
    context.fill();
  }
}

/**
 * Write names beside their prototypes, pushed apart so that none covers another.
 * @param {Context} context
 * @param {Scene} scene
 */
function drawNames(context, { prototypes, colors, width, height, font }) {
  context.font = `600 12px ${font}`;
  context.textBaseline = "middle";
  const taken = prototypes.map(({ x, y }) => ({
    left: x - 11,
    top: y - 11,
    right: x + 11,
    bottom: y + 11,
  }));
  for (const mark of [...prototypes].sort((a, b) => a.y - b.y)) {
    const wide = context.measureText(mark.name).width + 16;
    const box = freePlace(mark, wide, taken, width, height);
    taken.push(box);
    context.beginPath();
    context.roundRect(box.left, box.top, wide, 22, 11);
    context.fillStyle = colors.page;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = mark.color;
    context.stroke();
    context.fillStyle = colors.ink;
    context.fillText(mark.name, box.left + 8, box.top + 11.5);
  }
}

/**
 * @param {Mark} mark
 * @param {number} wide
 * @param {Box[]} taken
 * @param {number} width
 * @param {number} height
 */
function freePlace({ x, y }, wide, taken, width, height) {
  /** @type {Box[]} */
  const places = [];
  for (const away of [16, 34, 56, 80]) {
    for (let turn = 0; turn < 8; turn++) {
      const angle = (turn * TAU) / 8 - TAU / 4;
      const left = x + Math.cos(angle) * (away + wide / 3) - wide / 2;
      const top = y + Math.sin(angle) * (away + 6) - 11;
      places.push({ left, top, right: left + wide, bottom: top + 22 });
    }
  }
  const inside = (/** @type {Box} */ box) =>
    box.left > 4 && box.top > 4 && box.right < width - 4 && box.bottom < height - 4;
  return (
    places.find((box) => inside(box) && !taken.some((other) => overlap(box, other))) ?? places[0]
  );
}

/**
 * @param {Box} a
 * @param {Box} b
 */
function overlap(a, b) {
  return (
    a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom + 2 && b.top < a.bottom + 2
  );
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
