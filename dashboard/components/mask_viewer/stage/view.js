// @ts-check
// Which part of an image the panes show: zoom and the corner at the top left, in image pixels.

/**
 * @typedef {import("../../label_maps/types.js").View} View
 * @typedef {{ width: number, height: number }} Size of the image in pixels
 * @typedef {{ x: number, y: number }} Point of the image, in pixels
 */

const MOST_ZOOM = 40;

/** @type {View} */
export const WHOLE = { zoom: 1, x: 0, y: 0 };

/**
 * Return a view that stays within the image.
 * @param {View} view
 * @param {Size} size
 * @returns {View}
 */
export function within({ zoom, x, y }, { width, height }) {
  const clip = (/** @type {number} */ value, /** @type {number} */ length) =>
    Math.min(length - length / zoom, Math.max(0, value));
  return { zoom, x: clip(x, width), y: clip(y, height) };
}

/**
 * Return the view enlarged about a point that stays where it is.
 * @param {View} view
 * @param {number} factor
 * @param {Size} size
 * @param {Point} [about] the middle of what is seen, unless given
 */
export function zoomed(view, factor, size, about = middle(view, size)) {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * factor));
  const ratio = view.zoom / zoom;
  const x = about.x - (about.x - view.x) * ratio;
  const y = about.y - (about.y - view.y) * ratio;
  return within({ zoom, x, y }, size);
}

/**
 * Return the view that a link asks for: zoom, and the left upper corner in pixels of the image.
 * @param {unknown} asked
 * @param {Size} size
 */
export function viewOf(asked, size) {
  const numbers = Array.isArray(asked) && asked.every(Number.isFinite) ? asked : [];
  if (numbers.length !== 3) return WHOLE;
  const zoom = Math.min(MOST_ZOOM, Math.max(1, numbers[0]));
  return within({ zoom, x: numbers[1], y: numbers[2] }, size);
}

/**
 * @param {View} view
 * @param {Size} size
 * @returns {Point}
 */
function middle({ zoom, x, y }, { width, height }) {
  return { x: x + width / 2 / zoom, y: y + height / 2 / zoom };
}
