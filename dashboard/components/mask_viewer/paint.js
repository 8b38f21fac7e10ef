// Turn planes of class ids into pictures: exact colours, patterns and borders at screen size.

const IGNORED = 255;
const TILE = 8;

// What happened to a labelled pixel between before and after; ids of the change plane.
export const CHANGES = [
  { id: 0, name: "fixed", color: "#3B6BF5", pattern: "plain" },
  { id: 1, name: "broken", color: "#E0782A", pattern: "hatch/" },
  { id: 2, name: "still wrong", color: "#2A303B", pattern: "dots" },
  { id: 3, name: "right both times", color: null, pattern: "plain" },
];

// Return the change plane: fixed 0, broken 1, still wrong 2, right both times 3, unlabelled 255.
export function changePlane(truth, before, after) {
  const ids = new Uint8Array(truth.ids.length);
  for (let i = 0; i < ids.length; i++) {
    const right = truth.ids[i];
    const was = before.ids[i] === right;
    const is = after.ids[i] === right;
    if (right === IGNORED) ids[i] = IGNORED;
    else if (is) ids[i] = was ? 3 : 0;
    else ids[i] = was ? 1 : 2;
  }
  return { width: truth.width, height: truth.height, ids };
}

// Return a layer of class ids: painted canvas, plane, patterns; `hidden` ids are see-through.
export function idLayer(plane, entries, hidden) {
  const table = new Uint32Array(256);
  for (const entry of entries) {
    if (entry.color && !hidden.has(entry.id)) table[entry.id] = packed(entry.color);
  }
  const shown = entries.filter((entry) => entry.color && !hidden.has(entry.id));
  return { plane, picture: painted(plane, table), shown, gray: false };
}

// Return a layer of grey values (0 black, 255 white).
export function grayLayer(plane) {
  const table = Uint32Array.from({ length: 256 }, (_, i) => (0xff000000 | (i * 0x010101)) >>> 0);
  return { plane, picture: painted(plane, table), shown: [], gray: true };
}

function packed(hex) {
  const value = parseInt(hex.slice(1), 16);
  const swapped = ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16);
  return (0xff000000 | swapped) >>> 0;
}

function painted(plane, table) {
  const canvas = document.createElement("canvas");
  canvas.width = plane.width;
  canvas.height = plane.height;
  const pixels = new Uint32Array(plane.ids.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[plane.ids[i]];
  const bytes = new Uint8ClampedArray(pixels.buffer);
  canvas.getContext("2d").putImageData(new ImageData(bytes, plane.width, plane.height), 0, 0);
  return canvas;
}

// Return `photo` as a canvas with every channel multiplied by `factor`.
export function brightened(photo, factor) {
  const canvas = document.createElement("canvas");
  canvas.width = photo.width;
  canvas.height = photo.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
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

// Draw photo and layer into `canvas`, whose image is `size` ({width, height}) large.
// view: {zoom, x, y}, x and y in image pixels; look: {opacity, borders, patterns, pixelRatio}.
export function drawPane(canvas, { photo, layer, size, view, look }) {
  const context = canvas.getContext("2d");
  const scale = (canvas.width / size.width) * view.zoom;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  if (photo && !layer?.gray) {
    context.imageSmoothingEnabled = scale < 4;
    context.drawImage(photo, 0, 0, size.width, size.height);
  }
  if (!layer) return;
  context.imageSmoothingEnabled = false;
  context.globalAlpha = layer.gray ? 1 : look.opacity;
  context.drawImage(layer.picture, 0, 0, size.width, size.height);
  if (look.patterns) drawPatterns(context, layer, look.pixelRatio, scale);
  context.globalAlpha = 1;
  if (look.borders && !layer.gray) drawBorders(context, layer, look.pixelRatio / scale);
}

function drawBorders(context, layer, width) {
  layer.edges ??= edgesOf(layer.plane, null);
  context.lineWidth = width;
  context.strokeStyle = "rgba(255, 255, 255, 0.75)";
  context.stroke(layer.edges);
}

function drawPatterns(context, layer, pixelRatio, scale) {
  layer.areas ??= new Map();
  const inverse = context.getTransform().inverse();
  for (const entry of layer.shown) {
    if (entry.pattern === "plain" || !entry.pattern) continue;
    if (entry.pattern.endsWith("outline")) {
      drawOutline(context, layer, entry, pixelRatio / scale);
      continue;
    }
    if (!layer.areas.has(entry.id)) layer.areas.set(entry.id, areaOf(layer.plane, entry.id));
    const pattern = context.createPattern(tile(entry.pattern, entry.color, pixelRatio), "repeat");
    pattern.setTransform(inverse);
    context.fillStyle = pattern;
    context.fill(layer.areas.get(entry.id));
  }
}

function drawOutline(context, layer, entry, pixel) {
  const key = `edge ${entry.id}`;
  if (!layer.areas.has(key)) layer.areas.set(key, edgesOf(layer.plane, entry.id));
  const twice = entry.pattern.startsWith("double");
  const widths = twice
    ? [
        [5, "#151A21"],
        [3, entry.color],
        [1, "#151A21"],
      ]
    : [[2.5, "#151A21"]];
  for (const [width, color] of widths) {
    context.lineWidth = width * pixel;
    context.strokeStyle = color;
    context.stroke(layer.areas.get(key));
  }
}

// Return the lines between pixels of different class (of class `id` only, when given).
function edgesOf({ width, height, ids }, id) {
  const path = new Path2D();
  const differ = (a, b) => ids[a] !== ids[b] && (id === null || ids[a] === id || ids[b] === id);
  for (let row = 1; row < height; row++) {
    runs(
      width,
      (column) => differ(row * width + column, (row - 1) * width + column),
      (a, b) => {
        path.moveTo(a, row);
        path.lineTo(b, row);
      },
    );
  }
  for (let column = 1; column < width; column++) {
    runs(
      height,
      (row) => differ(row * width + column, row * width + column - 1),
      (a, b) => {
        path.moveTo(column, a);
        path.lineTo(column, b);
      },
    );
  }
  return path;
}

// Return the pixels of class `id` as rows of rectangles.
function areaOf({ width, height, ids }, id) {
  const path = new Path2D();
  for (let row = 0; row < height; row++) {
    const start = row * width;
    runs(
      width,
      (column) => ids[start + column] === id,
      (a, b) => path.rect(a, row, b - a, 1),
    );
  }
  return path;
}

function runs(length, holds, found) {
  let from = -1;
  for (let i = 0; i <= length; i++) {
    const inside = i < length && holds(i);
    if (inside && from < 0) from = i;
    if (!inside && from >= 0) {
      found(from, i);
      from = -1;
    }
  }
}

// Return one repeat of a pattern, in white or ink, whichever stands out from `color`.
export function tile(kind, color, pixelRatio) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = TILE * pixelRatio;
  const context = canvas.getContext("2d");
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

function bright(hex) {
  const value = parseInt(hex.slice(1), 16);
  return 0.3 * (value >> 16) + 0.59 * ((value >> 8) & 255) + 0.11 * (value & 255) > 150;
}
