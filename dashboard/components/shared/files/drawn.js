// @ts-check
// An element of the page as SVG: boxes, texts and pictures where the browser has put them. One
// drawing of a chart so serves the page, the picture that somebody keeps of it, and a paper.

import { svg } from "../dom.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const PREFIX = "data:image/svg+xml,";
const STYLED = ".spcl-lines svg"; // drawings whose looks stand in a style sheet
const LOOKS = [
  ...["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity"],
  ...["font-family", "font-size", "font-weight", "font-variant-numeric", "text-decoration"],
];

/** @typedef {{ left: number, top: number }} Corner */

/**
 * Return an element and all in it as one SVG element; texts stay texts.
 * @param {Element} root
 */
export function svgOf(root) {
  const { left, top, width, height } = root.getBoundingClientRect();
  const size = { viewBox: `0 0 ${width} ${height}`, width, height };
  return svg("svg", { xmlns: NAMESPACE, ...size }, ...drawn(root, { left, top }));
}

/**
 * @param {Element} element
 * @param {Corner} corner the upper left one of the picture
 * @returns {SVGElement[]}
 */
function drawn(element, corner) {
  const style = getComputedStyle(element);
  const { width, height } = element.getBoundingClientRect();
  if (style.display === "none" || style.visibility === "hidden") return [];
  if (element.hasAttribute("data-left-out")) return [];
  /** @type {SVGElement[]} */
  let parts = [];
  if (element instanceof SVGSVGElement) parts = [placed(element, element, corner)];
  else if (element instanceof HTMLImageElement) parts = [picture(element, corner)];
  else if (element instanceof HTMLCanvasElement) parts = [painted(element, corner)];
  else {
    if (width && height) parts = boxes(element, style, corner);
    for (const child of element.childNodes) {
      if (child instanceof Element) parts.push(...drawn(child, corner));
      else if (child instanceof Text) parts.push(...lines(child, style, corner));
    }
  }
  return style.opacity === "1" ? parts : [svg("g", { opacity: style.opacity }, ...parts)];
}

/**
 * Return a copy of an SVG where `element` stands.
 * @param {SVGSVGElement} drawing
 * @param {Element} element
 * @param {Corner} corner
 */
function placed(drawing, element, corner) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  if (drawing.matches(STYLED)) carryLooks(drawing, copy);
  copy.removeAttribute("class");
  const place = { x: left - corner.left, y: top - corner.top, width, height };
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value));
  return copy;
}

/**
 * Write the looks that a style sheet gives to the parts of a drawing onto the parts of its copy.
 * @param {Element} original
 * @param {Element} copy
 */
function carryLooks(original, copy) {
  const style = getComputedStyle(original);
  const look = LOOKS.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
  copy.setAttribute("style", look);
  [...original.children].forEach((child, i) => {
    carryLooks(child, copy.children[i]);
  });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Corner} corner
 */
function painted(canvas, corner) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const place = { x: left - corner.left, y: top - corner.top, width, height };
  return svg("image", { href: canvas.toDataURL(), ...place, preserveAspectRatio: "none" });
}

/**
 * @param {HTMLImageElement} image
 * @param {Corner} corner
 */
function picture(image, corner) {
  if (image.src.startsWith(PREFIX)) {
    const code = decodeURIComponent(image.src.slice(PREFIX.length));
    const read = new DOMParser().parseFromString(code, "image/svg+xml").documentElement;
    return placed(/** @type {SVGSVGElement} */ (/** @type {unknown} */ (read)), image, corner);
  }
  const { left, top, width, height } = image.getBoundingClientRect();
  return svg("image", {
    href: image.src,
    x: left - corner.left,
    y: top - corner.top,
    width,
    height,
    preserveAspectRatio: "none",
    style: `image-rendering: ${getComputedStyle(image).imageRendering}`,
  });
}

/**
 * Return background, border and outline of an element.
 * @param {Element} element
 * @param {CSSStyleDeclaration} style
 * @param {Corner} corner
 * @returns {SVGElement[]}
 */
function boxes(element, style, corner) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = [left - corner.left, top - corner.top];
  const radius = Number.parseFloat(style.borderTopLeftRadius);
  const rx = style.borderTopLeftRadius.endsWith("%") ? (radius / 100) * width : radius;
  const found = [];
  if (isSeen(style.backgroundColor)) {
    found.push(svg("rect", { x, y, width, height, rx, fill: style.backgroundColor }));
  }
  const edges = ["Top", "Right", "Bottom", "Left"].map((side) => edge(style, `border${side}`));
  if (edges.every((one) => one && one.width === edges[0]?.width)) {
    found.push(frame({ x, y, width, height, rx }, /** @type {Edge} */ (edges[0]), -0.5));
  } else {
    const ends = [
      [x, y, x + width, y],
      [x + width, y, x + width, y + height],
      [x, y + height, x + width, y + height],
      [x, y, x, y + height],
    ];
    edges.forEach((one, side) => {
      const [x1, y1, x2, y2] = ends[side];
      const look = one && { stroke: one.color, "stroke-width": one.width };
      if (look) found.push(svg("line", { x1, y1, x2, y2, ...look }));
    });
  }
  const outline = edge(style, "outline");
  if (outline) found.push(frame({ x, y, width, height, rx }, outline, -0.5));
  return found;
}

/** @typedef {{ width: number, color: string }} Edge */

/**
 * @param {CSSStyleDeclaration} style
 * @param {string} name
 * @returns {Edge | null} null where none is seen
 */
function edge(style, name) {
  const read = /** @type {Record<string, string>} */ (/** @type {unknown} */ (style));
  const [kind, color] = [read[`${name}Style`], read[`${name}Color`]];
  const width = Number.parseFloat(read[`${name}Width`]);
  return kind !== "none" && width > 0 && isSeen(color) ? { width, color } : null;
}

/**
 * @param {{ x: number, y: number, width: number, height: number, rx: number }} box
 * @param {Edge} line
 * @param {number} grown by how many of its widths
 */
function frame({ x, y, width, height, rx }, line, grown) {
  const by = grown * line.width;
  return svg("rect", {
    x: x - by,
    y: y - by,
    width: width + 2 * by,
    height: height + 2 * by,
    rx: Math.max(0, rx + by),
    fill: "none",
    stroke: line.color,
    "stroke-width": line.width,
  });
}

/**
 * Return whether anything of a computed colour is seen.
 * @param {string} color
 */
export function isSeen(color) {
  return color !== "transparent" && !/^rgba\(.*, 0\)$/.test(color);
}

/**
 * Return the lines of a text.
 * @param {Text} text
 * @param {CSSStyleDeclaration} style of the element around it
 * @param {Corner} corner
 * @returns {SVGElement[]}
 */
function lines(text, style, corner) {
  const angle = turned(style);
  const look = [
    `font: ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`,
    `font-variant-numeric: ${style.fontVariantNumeric}`,
    "white-space: pre",
  ].join("; ");
  return parts(text).map(({ words, box }) => {
    const middle = box.top - corner.top + box.height / 2 + rise(style);
    const x = box.left - corner.left + (angle ? box.width / 2 : 0);
    /** @type {{ [name: string]: string }} */
    const turn = angle
      ? { "text-anchor": "middle", transform: `rotate(${angle} ${x} ${middle - rise(style)})` }
      : {};
    return svg("text", { x, y: middle, fill: style.color, style: look, ...turn }, words);
  });
}

/**
 * Return by how many degrees a text is turned.
 * @param {CSSStyleDeclaration} style
 */
function turned(style) {
  if (style.transform === "none") return 0;
  const { a, b } = new DOMMatrixReadOnly(style.transform);
  return Math.round((Math.atan2(b, a) * 180) / Math.PI);
}

/**
 * Return how far the baseline lies below the middle of a line.
 * @param {CSSStyleDeclaration} style
 */
function rise(style) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 0;
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent, fontBoundingBoxDescent } = context.measureText("x");
  return (fontBoundingBoxAscent - fontBoundingBoxDescent) / 2;
}

/**
 * Return the words of each line of a text, and where they stand.
 * @param {Text} text
 */
function parts(text) {
  /** @type {{ words: string, box: DOMRect }[]} */
  const found = [];
  const range = document.createRange();
  let from = 0;
  const close = (/** @type {number} */ to) => {
    const words = text.data.slice(from, to);
    const start = from + words.length - words.trimStart().length;
    range.setStart(text, start);
    range.setEnd(text, Math.max(start, from + words.trimEnd().length));
    const box = range.getBoundingClientRect();
    if (words.trim() && box.width) found.push({ words: words.trim().replace(/\s+/g, " "), box });
    from = to;
  };
  let bottom = Number.NaN;
  for (let i = 0; i < text.length; i++) {
    range.setStart(text, i);
    range.setEnd(text, i + 1);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    if (box.top > bottom - box.height / 4) close(i);
    bottom = box.bottom;
  }
  close(text.length);
  return found;
}
