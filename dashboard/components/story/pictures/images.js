// @ts-check
// Photographs and masks of the story: loaded, drawn small, or said to be missing.

import { drawPane } from "../../label_maps/draw.js";
import { classEntries, IGNORED } from "../../label_maps/entries.js";
import { idLayer } from "../../label_maps/paint.js";
import { photo } from "../../label_maps/photo.js";
import { plane } from "../../label_maps/png.js";

/** @typedef {import("../types.js").StoryData} StoryData */

/** The view of a whole image. */
export const WHOLE = { zoom: 1, x: 0, y: 0 };
const SMALL = 480; // pixels: width of a small picture at most

/**
 * Return a layer of class ids in the colours of the story.
 * @param {string} url
 * @param {StoryData} data
 */
export async function maskLayer(url, data) {
  return idLayer(await plane(url), [...classEntries(data), IGNORED], new Set());
}

/**
 * Draw photograph and mask small.
 * @param {HTMLCanvasElement} canvas
 * @param {string} url
 * @param {string | null} mask
 * @param {StoryData} data
 */
export async function drawSmall(canvas, url, mask, data) {
  const layer = mask ? maskLayer(mask, data) : null;
  const [input, drawn] = await Promise.all([photo(url), layer]);
  canvas.width = Math.min(SMALL, input.width);
  canvas.height = Math.round((canvas.width * input.height) / input.width);
  const look = { opacity: 0.75, borders: false, patterns: false, pixelRatio: 1 };
  drawPane(canvas, { photo: input, layer: drawn, size: input, view: WHOLE, look });
}

/**
 * Return what stands in place of a picture that cannot be loaded.
 * @param {unknown} error
 */
export function failed(error) {
  console.warn(error);
  return "This picture cannot be shown; its file is missing or damaged.";
}
