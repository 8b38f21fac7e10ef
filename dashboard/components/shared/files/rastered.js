// @ts-check
// A drawing as pixels, two for each one of the page, with the fonts of the page in it: an SVG that
// is shown as an image may fetch nothing.

import { brush, svg } from "../dom.js";
import { fetched } from "../fetch.js";

const DENSITY = 2;

/**
 * Return a drawing as a PNG file.
 * @param {SVGSVGElement} drawing
 * @param {string} paper the colour behind it
 * @returns {Promise<Blob>}
 */
export async function pngOf(drawing, paper) {
  drawing.prepend(svg("style", {}, await fontFaces()));
  const code = new XMLSerializer().serializeToString(drawing);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(code)}`;
  await image.decode();
  const [width, height] = [drawing.getAttribute("width"), drawing.getAttribute("height")];
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(DENSITY * Number(width));
  canvas.height = Math.round(DENSITY * Number(height));
  const context = brush(canvas);
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture could be made")))),
  );
}

/** Return rules that bring the upright text fonts of the page along. */
async function fontFaces() {
  const family = getComputedStyle(document.body).fontFamily.split(",")[0].replaceAll('"', "");
  const rules = [...document.styleSheets].flatMap(rulesOf).filter((rule) => {
    const style = rule.style;
    const name = style.getPropertyValue("font-family").replaceAll('"', "");
    return name === family && style.getPropertyValue("font-style") !== "italic";
  });
  return (await Promise.all(rules.map(embedded))).join("\n");
}

/**
 * @param {CSSStyleSheet} sheet
 * @returns {CSSFontFaceRule[]}
 */
function rulesOf(sheet) {
  try {
    return [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
  } catch {
    return []; // the sheet of another site cannot be read; there is none of ours among them
  }
}

/** @param {CSSFontFaceRule} rule */
async function embedded(rule) {
  const found = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue("src"));
  if (!found) return "";
  const base = rule.parentStyleSheet?.href ?? document.baseURI;
  const answer = await fetched(new URL(found[1], base).href);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  const name = rule.style.getPropertyValue("font-family");
  const weight = rule.style.getPropertyValue("font-weight") || "normal";
  const address = `data:font/woff2;base64,${btoa(letters)}`;
  return `@font-face { font-family: ${name}; font-weight: ${weight}; src: url("${address}"); }`;
}
