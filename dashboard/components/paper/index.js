// @ts-check
// One picture for a slide or a paper, laid out by the browser: HTML from Python, which has escaped
// what comes from files, with Plotly's figures in their places.

import { svgOf } from "../shared/files/drawn.js";

/**
 * @typedef {object} Sheet
 * @property {string} html
 * @property {{ data: unknown[], layout: object }[]} figures in the order of their places
 */

/**
 * Show a sheet; return its width and height once everything in it is drawn.
 * @param {Sheet} sheet
 */
export async function show({ html, figures }) {
  document.body.innerHTML = html;
  await document.fonts.ready;
  const places = [...document.querySelectorAll("[data-figure]")];
  const { Plotly } = /** @type {{ Plotly: any }} */ (/** @type {unknown} */ (window));
  for (const [i, place] of places.entries()) {
    await Plotly.newPlot(place, figures[i].data, figures[i].layout, { staticPlot: true });
  }
  await Promise.all([...document.images].map((image) => image.decode()));
  const { width, height } = sheet().getBoundingClientRect();
  return [width, height];
}

/**
 * Return what is shown as SVG.
 * @param {number} inches how wide it is printed
 */
export function svgText(inches) {
  const drawing = svgOf(sheet());
  const [width, height] = drawing.getAttribute("viewBox")?.split(" ").slice(2).map(Number) ?? [];
  drawing.setAttribute("width", `${inches}in`);
  drawing.setAttribute("height", `${((inches * height) / width).toFixed(3)}in`);
  return new XMLSerializer().serializeToString(drawing);
}

function sheet() {
  const found = document.querySelector("main");
  if (!found) throw new Error("no sheet is shown");
  return found;
}
