// @ts-check
// A cross-hair that leaves its pixel free, and a line that shows on any picture.

/**
 * Stroke a path in white with a dark edge.
 * @param {CanvasRenderingContext2D} context
 * @param {number} ratio device pixels per pixel
 */
export function edge(context, ratio) {
  for (const [width, color] of /** @type {[number, string][]} */ ([
    [4, "#000"],
    [2.5, "#fff"],
  ])) {
    context.lineWidth = width * ratio;
    context.strokeStyle = color;
    context.stroke();
  }
}

/**
 * Draw the cross-hair.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x device pixels, as y
 * @param {number} y
 * @param {number} ratio device pixels per pixel
 */
export function cross(context, x, y, ratio) {
  const [near, far] = [8 * ratio, 20 * ratio];
  context.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]) {
    context.moveTo(x + dx * near, y + dy * near);
    context.lineTo(x + dx * far, y + dy * far);
  }
  edge(context, ratio);
}
