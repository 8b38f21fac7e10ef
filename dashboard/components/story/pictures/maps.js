// @ts-check
// The map before and now, side by side through one camera: a few classes lit, the others grey.

import { brush, h } from "../../shared/dom.js";
import { drawDiamond, drawNames } from "../../shared/prototypes.js";
import { shuffled } from "../../shared/shuffled.js";
import { markColor, themeOf } from "./colors.js";
import { dotsOf, roomFor } from "./room.js";

/**
 * @typedef {import("../types.js").Cloud} Cloud
 * @typedef {import("../types.js").Maps} Maps
 * @typedef {import("../types.js").StoryData} StoryData
 * @typedef {{ left: number, right: number, low: number, high: number }} Bounds
 */

const TAU = 2 * Math.PI;
const FILLED = 0.88; // share of a canvas that the points fill
const NAMES = 92; // pixels above and below the points, for title and names
const FULL = 380; // pixels: width of a map whose dots have their normal size
const GAP = 16; // pixels between maps, and to the caption
const BASE = 20; // pixels: size of the text at which points have their normal size

/**
 * Return both maps; null if there is none.
 * @param {Maps} picture
 * @param {import("../types.js").Context} context
 * @returns {import("../types.js").Drawn | null}
 */
export function mapsPicture(picture, { data }) {
  const clouds = [picture.before, picture.now].filter((cloud) => cloud !== null);
  if (!clouds.length) return null;
  const bounds = boundsOf(clouds);
  const maps = clouds.map((cloud) => {
    const canvas = h("canvas", { role: "img", "aria-label": described(cloud) });
    const title = h("figcaption", { text: cloud.label });
    return { cloud, canvas, element: h("figure", { class: "frame" }, title, canvas) };
  });
  const pair = h("div", { class: "maps-pair" }, ...maps.map((map) => map.element));
  const caption = h("p", { class: "caption", text: picture.caption });
  const element = h("div", { class: "maps" }, pair, caption);
  const draw = () => {
    const size = parseFloat(getComputedStyle(element).fontSize) / BASE;
    arrange(element, { bounds, count: maps.length, caption: caption.offsetHeight, size });
    for (const { cloud, canvas } of maps) {
      drawCloud(canvas, cloud, { bounds, lit: picture.lit, data, size, names: true });
    }
  };
  const watch = new ResizeObserver(draw);
  watch.observe(element);
  return { element, ready: drawn(draw), destroy: () => watch.disconnect() };
}

/**
 * Put the maps beside or below each other, whichever shows them larger, and leave out the room
 * above and below the points that a camera would show empty.
 * @param {HTMLElement} element
 * @param {{ bounds: Bounds, count: number, caption: number, size: number }} shape in pixels
 */
function arrange(element, { bounds, count, caption, size }) {
  const { width, height, isNarrow } = roomFor(element);
  const names = NAMES * size;
  const { wide, tall } = extentOf(bounds);
  const most = height - caption - 2 * GAP;
  const zoomOf = (/** @type {number} */ columns, /** @type {number} */ high) =>
    FILLED * Math.min((width - GAP * (columns - 1)) / columns / wide, (high - names) / tall);
  const rowHeight = (most - GAP * (count - 1)) / count;
  const [beside, below] = [zoomOf(count, most), zoomOf(1, rowHeight)];
  const isBelow = count > 1 && (isNarrow || below > 1.1 * beside);
  element.classList.toggle("below", isBelow);
  const ideal = ((isBelow ? below : beside) / FILLED) * tall + names;
  const frame = Math.max(160 * size, Math.min(ideal, isBelow ? rowHeight : most));
  element.style.setProperty("--tall", `${Math.floor(frame)}px`);
}

/**
 * Draw at once, and once more in the right font.
 * @param {() => void} draw
 */
async function drawn(draw) {
  await null; // the canvases have their size once they stand on the page
  draw();
  await document.fonts.ready;
  draw();
}

/**
 * Return the small map: what it is now.
 * @param {Maps} picture
 * @param {StoryData} data
 */
export function mapsThumb({ now, before, lit }, data) {
  const cloud = now ?? before;
  if (!cloud) return null;
  const canvas = h("canvas");
  const look = { bounds: boundsOf([cloud]), lit, data, size: 0.55, names: false };
  setTimeout(() => drawCloud(canvas, cloud, look));
  return canvas;
}

/**
 * Return what the camera must show, of all maps together.
 * @param {Cloud[]} clouds
 * @returns {Bounds}
 */
function boundsOf(clouds) {
  const xs = clouds.flatMap((cloud) => cloud.x);
  const ys = clouds.flatMap((cloud) => cloud.y);
  if (!xs.length) return { left: 0, right: 1000, low: 0, high: 1000 };
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    low: Math.min(...ys),
    high: Math.max(...ys),
  };
}

/** @param {Bounds} bounds */
function extentOf({ left, right, low, high }) {
  return { wide: Math.max(1, right - left), tall: Math.max(1, high - low) };
}

/**
 * Return what the map is, for those who do not see it.
 * @param {Cloud} cloud
 */
function described({ label, x, prototypes }) {
  const names = prototypes.map((one) => one.label).join(", ");
  const count = x.length.toLocaleString("en-US");
  return `Map, ${label}: ${count} dots${names ? `; centers of ${names}` : ""}`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Cloud} cloud
 * @param {object} look
 * @param {Bounds} look.bounds
 * @param {number[]} look.lit
 * @param {StoryData} look.data
 * @param {number} look.size factor of points and names
 * @param {boolean} look.names whether prototypes are drawn
 */
function drawCloud(canvas, cloud, { bounds, lit, data, size, names }) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const ratio = dotsOf(canvas);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = brush(canvas);
  context.scale(ratio, ratio);
  const theme = themeOf(canvas);
  const at = cameraOf(bounds, width, height);
  const colors = new Map(
    data.classes.map((info) => {
      const color = data.palette === "safe" ? info.safe : info.color;
      return [info.id, markColor(color, data.palette, theme.isDark)];
    }),
  );
  const isLit = new Set(lit);
  const dots = Math.min(size, width / FULL);
  const order = [...shuffled(cloud.x.length)];
  const last = order.filter((i) => isLit.has(cloud.class_id[i]));
  for (const i of order.filter((i) => !isLit.has(cloud.class_id[i]))) {
    dot(context, at(cloud.x[i], cloud.y[i]), cloud.domain[i], theme.ink, 0.16, dots);
  }
  for (const i of last) {
    const color = colors.get(cloud.class_id[i]) ?? theme.ink;
    dot(context, at(cloud.x[i], cloud.y[i]), cloud.domain[i], color, 0.85, dots);
  }
  if (!names) return;
  const marks = cloud.prototypes
    .filter((one) => isLit.has(one.class_id))
    .map(({ x, y, class_id: id, label }) => {
      const [px, py] = at(x, y);
      return { x: px, y: py, name: label, color: colors.get(id) ?? theme.ink };
    });
  for (const mark of marks) drawDiamond(context, mark, theme, 0.85 * size);
  const letters = Math.max(12, 15 * size);
  drawNames(context, marks, { colors: theme, width, height, font: theme.font, size: letters });
}

/**
 * Return where a place of the map stands on a canvas.
 * @param {Bounds} bounds
 * @param {number} width
 * @param {number} height
 * @returns {(x: number, y: number) => [number, number]}
 */
function cameraOf(bounds, width, height) {
  const { wide, tall } = extentOf(bounds);
  const zoom = FILLED * Math.min(width / wide, height / tall);
  const [middle, center] = [(bounds.left + bounds.right) / 2, (bounds.low + bounds.high) / 2];
  return (x, y) => [width / 2 + (x - middle) * zoom, height / 2 - (y - center) * zoom];
}

/**
 * Draw a pixel: a ring for the source, a disc for the target.
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} place
 * @param {number} domain
 * @param {string} color
 * @param {number} opacity
 * @param {number} size
 */
function dot(context, [x, y], domain, color, opacity, size) {
  context.globalAlpha = opacity;
  context.beginPath();
  if (domain) {
    context.arc(x, y, 2.5 * size, 0, TAU);
    context.fillStyle = color;
    context.fill();
  } else {
    context.arc(x, y, 2 * size, 0, TAU);
    context.lineWidth = 1.1 * size;
    context.strokeStyle = color;
    context.stroke();
  }
  context.globalAlpha = 1;
}
