// @ts-check
// Decode palette and grey PNGs to their exact indices: a browser only hands out colours, and two
// classes may share one (or be as black as the ignored pixels).

import { fetched, remembered } from "../shared/fetch.js";

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/**
 * @typedef {import("./types.js").Plane} Plane
 * @typedef {{ width: number, height: number, depth: number, rowBytes: number }} Header
 */

/** Return the plane at an address. */
export const plane = remembered(load, 160);

/** @param {string} url */
async function load(url) {
  const answer = await fetched(url);
  return decode(new Uint8Array(await answer.arrayBuffer()));
}

/**
 * Return the palette index or grey value of every pixel of a PNG file.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Plane>}
 */
export async function decode(bytes) {
  const { header, data } = chunks(bytes);
  const packed = unfilter(await inflate(data), header);
  return { width: header.width, height: header.height, ids: unpack(packed, header) };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function chunks(bytes) {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw new Error("not a PNG file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = [];
  /** @type {Header | null} */
  let header = null;
  for (let at = 8; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === "IHDR") header = readHeader(view, at + 8);
    if (name === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + size));
    at += size + 12;
  }
  if (!header) throw new Error("a PNG without header");
  return { header, data };
}

/**
 * @param {DataView} view
 * @param {number} at
 * @returns {Header}
 */
function readHeader(view, at) {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const depth = view.getUint8(at + 8);
  const isIndexed = [0, 3].includes(view.getUint8(at + 9));
  if (!isIndexed || depth > 8 || view.getUint8(at + 12) !== 0) {
    throw new Error("a mask must be a palette or grey PNG of 8 bits, not interlaced");
  }
  return { width, height, depth, rowBytes: Math.ceil((width * depth) / 8) };
}

/** @param {Uint8Array<ArrayBuffer>[]} parts */
async function inflate(parts) {
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Undo the row filters of the PNG specification (section 9); a pixel is one byte or less.
 * @param {Uint8Array} raw
 * @param {Header} header
 */
function unfilter(raw, { height, rowBytes }) {
  if (raw.length < height * (rowBytes + 1)) throw new Error("a PNG that ends too early");
  const out = new Uint8Array(height * rowBytes);
  for (let row = 0; row < height; row++) {
    const from = row * (rowBytes + 1) + 1;
    const to = row * rowBytes;
    const kind = raw[from - 1];
    for (let i = 0; i < rowBytes; i++) {
      const left = i ? out[to + i - 1] : 0;
      const up = row ? out[to + i - rowBytes] : 0;
      const corner = i && row ? out[to + i - rowBytes - 1] : 0;
      out[to + i] = raw[from + i] + predicted(kind, left, up, corner);
    }
  }
  return out;
}

/**
 * @param {number} kind
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function predicted(kind, left, up, corner) {
  if (kind === 1) return left;
  if (kind === 2) return up;
  if (kind === 3) return (left + up) >> 1;
  if (kind === 4) return paeth(left, up, corner);
  return 0;
}

/**
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function paeth(left, up, corner) {
  const byLeft = Math.abs(up - corner);
  const byUp = Math.abs(left - corner);
  const byCorner = Math.abs(left + up - 2 * corner);
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/**
 * Return one byte a pixel.
 * @param {Uint8Array} packed
 * @param {Header} header
 */
function unpack(packed, { width, height, depth, rowBytes }) {
  if (depth === 8) return packed;
  const ids = new Uint8Array(width * height);
  const each = 8 / depth;
  const mask = (1 << depth) - 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const byte = packed[row * rowBytes + Math.floor(column / each)];
      ids[row * width + column] = (byte >> (8 - depth * ((column % each) + 1))) & mask;
    }
  }
  return ids;
}
