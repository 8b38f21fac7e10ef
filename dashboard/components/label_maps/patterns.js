// @ts-check
// Patterns that tell classes apart where colours alone do not.

import { brush } from "../shared/dom.js";

const TILE = 8; // pixels

/**
 * Return one repeat of a pattern, in white or ink, whichever stands out from the colour.
 * @param {string} kind
 * @param {string} color
 * @param {number} pixelRatio device pixels per pixel
 */
export function tile(kind, color, pixelRatio) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = TILE * pixelRatio;
  const context = brush(canvas);
  context.scale(pixelRatio, pixelRatio);
  context.fillStyle = context.strokeStyle = bright(color) ? "#151A21B0" : "#FFFFFFC8";
  context.lineWidth = 1.2;
  context.beginPath();
  for (const line of lines(kind)) {
    context.moveTo(line[0], line[1]);
    context.lineTo(line[2], line[3]);
  }
  context.stroke();
  if (kind === "dots") for (const at of [2, 6]) context.fillRect(at - 0.9, at - 0.9, 1.8, 1.8);
  return canvas;
}

/**
 * Return the lines of a pattern, (x1, y1, x2, y2) each.
 * @param {string} kind
 */
function lines(kind) {
  const up = [
    [-2, 2, 2, -2],
    [-2, 10, 10, -2],
    [6, 10, 10, 6],
  ];
  const down = up.map(([x1, y1, x2, y2]) => [TILE - x1, y1, TILE - x2, y2]);
  const upright = [[4, 0, 4, TILE]];
  if (kind === "hatch/") return up;
  if (kind === "hatch\\") return down;
  if (kind === "upright") return upright;
  if (kind === "grid+") return [...upright, [0, 4, TILE, 4]];
  return kind === "grid x" ? [...up, ...down] : [];
}

/** @param {string} hex */
function bright(hex) {
  const value = parseInt(hex.slice(1), 16);
  return 0.3 * (value >> 16) + 0.59 * ((value >> 8) & 255) + 0.11 * (value & 255) > 150;
}
