// @ts-check
// Cards with charts; the library that draws them is unpacked once, when the first is shown.

import { h } from "../shared/dom.js";
import { fetched } from "../shared/fetch.js";
import { lookName } from "./look.js";

/**
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Figure} Figure
 * @typedef {import("./types.js").Look} Look
 * @typedef {{ react: (place: HTMLElement, data: object[], layout: object, config: object) => Promise<void> }} Plotly
 */

const CONFIG = { displayModeBar: false, scrollZoom: false, responsive: true };

/** @type {Promise<Plotly> | null} */
let library = null;

/** A chart in its card. */
export class ChartCard {
  /** @param {string} charts address of the library */
  constructor(charts) {
    this.charts = charts;
    this.place = h("div", { class: "chart" });
    this.title = h("h3");
    this.unit = h("span", { class: "unit" });
    this.key = h("p", { class: "small" });
    this.reading = h("p", { class: "small" });
    const head = h("div", { class: "chart-head" }, this.title, this.unit);
    this.element = h("section", { class: "chart-card" }, head, this.key, this.place, this.reading);
  }

  /**
   * @param {Card} card
   * @param {Look} look
   */
  async show({ title, unit, key, reading, awaited, figures }, look) {
    this.title.textContent = title;
    this.unit.textContent = unit;
    this.key.textContent = key || awaited;
    const how = reading ? [h("b", { text: "How to read: " }), reading] : [];
    this.reading.replaceChildren(...how);
    const figure = figures[lookName(look)];
    this.place.hidden = !figure;
    if (!figure) return;
    this.place.style.height = `${figure.layout.height}px`;
    library ??= unpacked(this.charts);
    const plotly = await library;
    await plotly.react(this.place, figure.data, figure.layout, CONFIG);
    this.place.dataset.drawn = lookName(look);
  }
}

/**
 * Return the library from its packed code, which may be run because it lies in the file itself.
 * @param {string} url
 * @returns {Promise<Plotly>}
 */
async function unpacked(url) {
  const packed = (await fetched(url)).body;
  if (!packed) throw new Error("the charts' code is missing");
  const code = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).blob();
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  await new Promise((resolve, reject) => {
    const script = h("script", { src: address });
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error("the charts' code does not run")));
    document.head.append(script);
  });
  URL.revokeObjectURL(address);
  return /** @type {{ Plotly: Plotly }} */ (/** @type {unknown} */ (window)).Plotly;
}
