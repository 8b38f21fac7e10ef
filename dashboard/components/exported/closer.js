// @ts-check
// What the story rests on: the map, the masks at every step, the charts.

import { Player } from "../feature_map/movement/player.js";
import { h } from "../shared/dom.js";
import { ChartCard } from "./charts.js";
import { MapPart, MasksPart, nearest } from "./parts.js";

/**
 * @typedef {import("./types.js").Closer} CloserData
 * @typedef {import("./types.js").Look} Look
 */

/** The part of the file below the story. */
export class Closer {
  /** @type {CloserData} */ data;
  /** @type {Look} */ look;
  /** @type {ChartCard[]} */ cards = [];

  constructor() {
    this.map = new MapPart((step) => this.go(step));
    this.masks = new MasksPart();
    this.player = new Player({
      show: (step) => this.showMasks(step),
      tell: (step) => this.go(step),
    });
    this.charts = h("div", { class: "charts" });
    this.mapHome = section("map", "Where the model puts each pixel", this.map.element);
    this.masksHome = section(
      "masks",
      "What the model saw, step by step",
      this.player.element,
      this.masks.element,
    );
    this.chartsHome = section("charts", "Which classes it tells apart", this.charts);
    this.title = h("h2", { text: "Look closer" });
    const parts = [this.title, this.mapHome, this.masksHome, this.chartsHome];
    this.element = h("div", { class: "closer" }, ...parts);
  }

  /**
   * @param {CloserData} data
   * @param {string} charts address of the library that draws charts
   * @param {Look} look
   */
  update(data, charts, look) {
    const isOther = data !== this.data;
    Object.assign(this, { data, look });
    this.mapHome.hidden = !data.map;
    this.masksHome.hidden = !data.masks;
    this.chartsHome.hidden = !data.cards.length;
    this.element.hidden = !(data.map || data.masks || data.cards.length);
    if (isOther) this.cards = data.cards.map(() => new ChartCard(charts));
    if (isOther) this.charts.replaceChildren(...this.cards.map((card) => card.element));
    const step = isOther || this.step === undefined ? lastStep(data) : this.step;
    const shown = this.cards.map((card, i) => card.show(data.cards[i], look));
    return Promise.all([...shown, this.go(step)]);
  }

  /**
   * Show a step everywhere.
   * @param {number} step
   */
  async go(step) {
    this.step = step;
    const { map, masks } = this.data;
    if (map) this.map.show(map, step, this.look);
    if (masks) await this.player.update(masks.data.steps, nearest(masks.data.steps, step), []);
  }

  /** @param {number} step */
  async showMasks(step) {
    if (this.data.masks) this.masks.show(this.data.masks, step, this.look);
  }

  destroy() {
    this.player.destroy();
    this.map.destroy();
    this.masks.destroy();
  }
}

/** @param {CloserData} data */
function lastStep({ map, masks }) {
  return masks?.data.step ?? map?.data.step ?? 0;
}

/**
 * @param {string} name
 * @param {string} title
 * @param {...HTMLElement} children
 */
function section(name, title, ...children) {
  return h(
    "section",
    { class: `home home-${name}` },
    h("h3", { class: "home-title", text: title }),
    ...children,
  );
}
