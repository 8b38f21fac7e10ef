// @ts-check
// Turn planes of class ids into pictures of their own size.

import { brush } from "../shared/dom.js";

/**
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").Layer} Layer
 * @typedef {import("./types.js").Plane} Plane
 */

/**
 * Return a layer of class ids in their exact colours.
 * @param {Plane} plane
 * @param {Entry[]} entries
 * @param {Set<number>} hidden ids that are see-through
 * @returns {Layer}
 */
export function idLayer(plane, entries, hidden) {
  const table = new Uint32Array(256);
  for (const entry of entries) {
    if (entry.color && !hidden.has(entry.id)) table[entry.id] = packed(entry.color);
  }
  const shown = entries.filter((entry) => entry.color && !hidden.has(entry.id));
  return { plane, picture: painted(plane, table), shown, gray: false, paths: new Map() };
}

/**
 * Return a layer of grey values, 0 black to 255 white.
 * @param {Plane} plane
 * @returns {Layer}
 */
export function grayLayer(plane) {
  const table = Uint32Array.from({ length: 256 }, (_, i) => (0xff000000 | (i * 0x010101)) >>> 0);
  return { plane, picture: painted(plane, table), shown: [], gray: true, paths: new Map() };
}

/**
 * Return an opaque colour as the four bytes of a pixel, red first.
 * @param {string} hex
 */
function packed(hex) {
  const value = parseInt(hex.slice(1), 16);
  const swapped = ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16);
  return (0xff000000 | swapped) >>> 0;
}

/**
 * @param {Plane} plane
 * @param {Uint32Array} table the pixel of every id
 */
function painted(plane, table) {
  const canvas = document.createElement("canvas");
  canvas.width = plane.width;
  canvas.height = plane.height;
  const pixels = new Uint32Array(plane.ids.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[plane.ids[i]];
  const bytes = new Uint8ClampedArray(pixels.buffer);
  brush(canvas).putImageData(new ImageData(bytes, plane.width, plane.height), 0, 0);
  return canvas;
}

/**
 * Return a photo with every channel multiplied by a factor.
 * @param {ImageBitmap} photo
 * @param {number} factor
 */
export function brightened(photo, factor) {
  const canvas = document.createElement("canvas");
  canvas.width = photo.width;
  canvas.height = photo.height;
  const context = brush(canvas, { willReadFrequently: true });
  context.drawImage(photo, 0, 0);
  if (factor === 1) return canvas;
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const table = Uint8ClampedArray.from({ length: 256 }, (_, i) => i * factor);
  for (let i = 0; i < image.data.length; i++) {
    if (i % 4 !== 3) image.data[i] = table[image.data[i]];
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
