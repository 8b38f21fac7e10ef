// @ts-check
// Prototypes on a map: diamonds, and names beside them of which none covers another.

/**
 * @typedef {CanvasRenderingContext2D} Context
 * @typedef {{ x: number, y: number, name: string, color: string }} Mark in pixels
 * @typedef {{ page: string, ink: string }} Colors
 * @typedef {{ left: number, top: number, right: number, bottom: number }} Box
 */

/**
 * Where names are written.
 * @typedef {object} Place
 * @property {Colors} colors
 * @property {number} width
 * @property {number} height
 * @property {string} font
 * @property {number} [size] of the letters, in pixels
 */

const TAU = 2 * Math.PI;
const FAR = 24; // pixels from a prototype to its name
const MANY = 24; // of more prototypes than these, those are named that have room beside them

/**
 * @param {Context} context
 * @param {Mark} mark
 * @param {Colors} colors
 * @param {number} [scale]
 */
export function drawDiamond(context, { x, y, color }, colors, scale = 1) {
  const layers = /** @type {[half: number, fill: string][]} */ ([
    [13 * scale, colors.page],
    [10.5 * scale, colors.ink],
    [8.5 * scale, color],
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
 * Write names beside their prototypes, pushed apart so that none covers another; a line leads to
 * those that had to go far. Where prototypes are very many, a name without room is left out.
 * Returns how many are written.
 * @param {Context} context
 * @param {Mark[]} marks
 * @param {Place} place
 */
export function drawNames(context, marks, { colors, width, height, font, size = 12 }) {
  const tall = size + 10;
  context.font = `600 ${size}px ${font}`;
  context.textBaseline = "middle";
  context.lineWidth = 1.5;
  const taken = marks.map(({ x, y }) => ({
    left: x - 11,
    top: y - 11,
    right: x + 11,
    bottom: y + 11,
  }));
  const isCrowded = marks.length > MANY;
  const names = [];
  for (const mark of [...marks].sort((a, b) => a.y - b.y)) {
    const wide = context.measureText(mark.name).width + 16;
    const { box, covers } = freePlace(mark, [wide, tall], taken, [width, height]);
    if (isCrowded && covers) continue;
    taken.push(box);
    names.push({ mark, box });
  }
  for (const { mark, box } of names) drawLeader(context, mark, box);
  for (const { mark, box } of names) drawName(context, mark, box, colors);
  return names.length;
}

/**
 * Return how large diamonds are drawn, as a share of their usual size.
 * @param {number} count of prototypes
 */
export const diamondScale = (count) => (count > MANY ? 0.6 : 1);

/**
 * @param {Context} context
 * @param {Mark} mark
 * @param {Box} box of its name
 */
function drawLeader(context, { x, y, color }, box) {
  const to = {
    x: Math.min(box.right, Math.max(box.left, x)),
    y: Math.min(box.bottom, Math.max(box.top, y)),
  };
  if (Math.hypot(to.x - x, to.y - y) < FAR) return;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  context.strokeStyle = color;
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Mark} mark
 * @param {Box} box
 * @param {Colors} colors
 */
function drawName(context, { name, color }, { left, top, right, bottom }, colors) {
  context.beginPath();
  context.roundRect(left, top, right - left, bottom - top, (bottom - top) / 2);
  context.fillStyle = colors.page;
  context.fill();
  context.strokeStyle = color;
  context.stroke();
  context.fillStyle = colors.ink;
  context.fillText(name, left + 8, (top + bottom) / 2 + 0.5);
}

/**
 * @param {Mark} mark
 * @param {[wide: number, tall: number]} size of the name
 * @param {Box[]} taken
 * @param {[width: number, height: number]} area
 */
function freePlace({ x, y }, [wide, tall], taken, [width, height]) {
  /** @type {Box[]} */
  const places = [];
  for (const away of [16, 34, 56, 80]) {
    for (let turn = 0; turn < 8; turn++) {
      const angle = (turn * TAU) / 8 - TAU / 4;
      const left = x + Math.cos(angle) * (away + wide / 2 - 2) - wide / 2;
      const top = y + Math.sin(angle) * (away + tall / 2 - 2) - tall / 2;
      places.push({ left, top, right: left + wide, bottom: top + tall });
    }
  }
  const inside = (/** @type {Box} */ box) =>
    box.left > 4 && box.top > 4 && box.right < width - 4 && box.bottom < height - 4;
  const covered = (/** @type {Box} */ box) => taken.filter((other) => overlap(box, other)).length;
  let best = places[0];
  let fewest = Infinity;
  for (const box of places.filter(inside)) {
    const count = covered(box);
    if (count < fewest) [best, fewest] = [box, count];
    if (!fewest) break;
  }
  return { box: best, covers: fewest };
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
