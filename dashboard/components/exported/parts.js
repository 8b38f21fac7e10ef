// @ts-check
// The map and the masks of an exported file: the components of the pages, with data of every step.

import mountMap from "../feature_map/index.js";
import mountMasks from "../mask_viewer/index.js";
import { h } from "../shared/dom.js";
import { lookName } from "./look.js";

/**
 * @typedef {import("./types.js").ExportedMap} ExportedMap
 * @typedef {import("./types.js").ExportedMasks} ExportedMasks
 * @typedef {import("./types.js").Look} Look
 * @typedef {import("./types.js").MaskData} MaskData
 */

/** The feature map. */
export class MapPart {
  /** @param {(step: number) => void} told called when somebody has come to rest on a step */
  constructor(told) {
    this.told = told;
    this.element = h("div", { class: "part" });
  }

  /**
   * @param {ExportedMap} map
   * @param {number} step
   * @param {Look} look
   */
  show({ data, points, looks }, step, look) {
    const table = { getChild: (/** @type {string} */ name) => ({ toArray: () => points[name] }) };
    const shown = { ...data, ...looks[lookName(look)], points: table };
    this.stop = mountMap({
      data: { ...shown, step: nearest(data.steps, step) },
      parentElement: this.element,
      setTriggerValue: (name, value) => {
        if (name === "step") this.told(Number(value));
      },
    });
  }

  destroy() {
    this.stop?.();
  }
}

/** The mask viewer. */
export class MasksPart {
  image = "";
  /** @type {string[]} */ shown = [];

  constructor() {
    this.element = h("div", { class: "part" });
  }

  /**
   * @param {ExportedMasks} masks
   * @param {number} step
   * @param {Look} look
   */
  show(masks, step, look) {
    this.stop = mountMasks({
      data: this.dataAt(masks, step, look),
      parentElement: this.element,
      setTriggerValue: (name, value) => {
        if (name === "image") this.image = String(value);
        if (name === "classes") this.shown = /** @type {string[]} */ (value);
        this.show(masks, step, look);
      },
    });
  }

  /**
   * @param {ExportedMasks} masks
   * @param {number} step
   * @param {Look} look
   * @returns {MaskData}
   */
  dataAt({ data, steps }, step, { palette }) {
    const at = nearest(data.steps, step);
    const { details, ...rest } = steps[at];
    const image = details[this.image] ? this.image : data.image;
    const shown = this.shown;
    return { ...data, ...rest, step: at, palette, image, shown, detail: details[image] };
  }

  destroy() {
    this.stop?.();
  }
}

/**
 * Return the last of the steps that is not later than the one asked for, else the first.
 * @param {number[]} steps rising
 * @param {number} step
 */
export function nearest(steps, step) {
  return steps.findLast((one) => one <= step) ?? steps[0];
}
