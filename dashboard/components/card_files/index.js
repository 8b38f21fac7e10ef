// @ts-check
// The card around these buttons as a picture, just as it is shown, and its numbers as a table.

import { defineComponent } from "../shared/component.js";
import { h } from "../shared/dom.js";
import { save, savePicture } from "../shared/files/saved.js";

const CHART = ".js-plotly-plot, [class^='spcl-']";
const STYLE = `
.card-files { display: flex; gap: 8px; font: 400 12px/16px var(--st-font); white-space: nowrap;
  font-variant-numeric: normal; }
.card-files button { all: unset; cursor: pointer; padding: 4px 2px; margin: -2px 0; min-width: 24px;
  text-align: center; border-radius: 2px;
  color: color-mix(in srgb, var(--st-text-color) 63%, var(--st-background-color)); }
.card-files button:hover { color: var(--st-primary-color); text-decoration: underline; }
.card-files button:focus-visible { outline: 2px solid var(--st-primary-color); }`;

/** @typedef {{ csv: string, title: string, name: string }} Data */

class CardFiles {
  constructor() {
    this.png = h("button", { type: "button", text: "PNG", onclick: () => this.savePicture() });
    this.csv = h("button", { type: "button", text: "CSV", onclick: () => this.saveNumbers() });
    this.root = h("div", { class: "card-files", "data-left-out": "" }, this.png, this.csv);
  }

  /** @param {Data} data */
  update(data) {
    this.data = data;
    this.png.setAttribute("aria-label", `${data.title}: picture as PNG`);
    this.csv.setAttribute("aria-label", `${data.title}: numbers as CSV`);
    this.png.title = "This card as a picture";
    this.csv.title = "The numbers of this chart";
  }

  async savePicture() {
    const card = cardAround(this.root);
    if (card && this.data) await savePicture(card, this.data.name);
  }

  saveNumbers() {
    if (this.data) save(`${this.data.name}.csv`, new Blob([this.data.csv], { type: "text/csv" }));
  }

  destroy() {}
}

/**
 * Return the nearest element around that holds a chart, too.
 * @param {Element} element
 */
function cardAround(element) {
  let around = element.parentElement;
  while (around && !around.querySelector(CHART)) around = around.parentElement;
  return around;
}

export default defineComponent({
  name: "buttons of this card",
  style: STYLE,
  create: () => new CardFiles(),
});
