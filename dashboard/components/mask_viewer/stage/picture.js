// @ts-check
// All that is known of one probe image: its planes by name, its layers painted when first asked for.

import { changePlane, changesCalled } from "../../label_maps/changes.js";
import { classEntries, IGNORED } from "../../label_maps/entries.js";
import { brightened, grayLayer, idLayer } from "../../label_maps/paint.js";
import { photo } from "../../label_maps/photo.js";
import { plane } from "../../label_maps/png.js";
import { maskUrl } from "./layers.js";

/**
 * @typedef {import("../types.js").MaskData} MaskData
 * @typedef {import("../types.js").ImageInfo} ImageInfo
 * @typedef {import("../../label_maps/types.js").Layer} Layer
 * @typedef {import("../../label_maps/types.js").Plane} Plane
 * @typedef {{ [name: string]: Plane | null }} Planes
 */

/** One image at the step shown, the step before and any other step. */
export class Picture {
  wanted = ""; // what it was loaded for
  /** @type {Map<string, Layer>} */ painted = new Map();
  /** @type {{ factor: number, canvas: HTMLCanvasElement } | null} */ bright = null;

  /**
   * @param {MaskData} data
   * @param {ImageInfo} image
   * @param {ImageBitmap} input
   * @param {Planes} planes
   */
  constructor(data, image, input, planes) {
    this.data = data;
    this.image = image;
    this.input = input;
    this.planes = planes;
    this.size = { width: image.width, height: image.height };
    const { truth, before, after } = planes;
    if (truth && before && after) planes.change = changePlane(truth, before, after);
  }

  /**
   * Fetch everything there is; only the confidence may be missing.
   * @param {MaskData} data
   * @param {ImageInfo} image
   * @param {number[]} steps other snapshots
   */
  static async load(data, image, steps) {
    const probe = `${data.base}/probe/${encodeURIComponent(image.key)}`;
    /** @type {{ base: string, version: string }} */
    const now = data;
    const first = data.others ?? now;
    const mask = (/** @type {number | null} */ step, run = now) =>
      step === null ? null : plane(maskUrl(run, image.key, step));
    const sure = (/** @type {number | null} */ step, run = now) =>
      step === null || data.sure === false
        ? null
        : plane(maskUrl(run, `${image.key}.confidence`, step)).catch(() => null);
    const [input, truth, before, after, sureBefore, sureAfter, ...others] = await Promise.all([
      photo(`${probe}.png?v=${data.version}`),
      image.has_label ? plane(`${probe}.label.png?v=${data.version}`) : null,
      mask(data.before, first),
      mask(data.step),
      sure(data.before, first),
      sure(data.step),
      ...steps.map((step) => mask(step)),
    ]);
    const named = steps.map((step, i) => [`step:${step}`, others[i]]);
    const planes = { truth, before, after, sureBefore, sureAfter, ...Object.fromEntries(named) };
    return new Picture(data, image, input, planes);
  }

  /** What may have happened to a pixel, as it is called here. */
  get changes() {
    return changesCalled(this.data.others?.changes);
  }

  /** Drop what was painted, because colours or visible classes changed. */
  forget() {
    this.painted.clear();
  }

  /**
   * Return the input multiplied by a factor.
   * @param {number} factor
   */
  photo(factor) {
    if (this.bright?.factor !== factor) {
      this.bright = { factor, canvas: brightened(this.input, factor) };
    }
    return this.bright.canvas;
  }

  /**
   * Return a painted layer; null for the bare input.
   * @param {string} name
   * @param {Set<number>} hidden class ids
   */
  layer(name, hidden) {
    const source = this.planes[name === "confidence" ? "sureAfter" : name];
    if (!source) return null;
    const layer = this.painted.get(name) ?? this.paint(name, source, hidden);
    this.painted.set(name, layer);
    return layer;
  }

  /**
   * @param {string} name
   * @param {Plane} source
   * @param {Set<number>} hidden
   */
  paint(name, source, hidden) {
    if (name === "confidence") return grayLayer(source);
    if (name === "change") return idLayer(source, this.changes, new Set());
    return idLayer(source, [...classEntries(this.data), IGNORED], hidden);
  }

  /**
   * Return what lies at a pixel: class ids, confidence in percent, the word for its change.
   * @param {number} row
   * @param {number} column
   */
  at(row, column) {
    const idOf = (/** @type {Plane} */ { ids, width }) => ids[row * width + column];
    const { truth, before, after, change, sureBefore, sureAfter } = this.planes;
    const sure = (/** @type {Plane | null} */ plane) =>
      plane && this.confidence(plane, row, column);
    const lines = [];
    const names = this.data.others?.names ?? { before: "before", after: before ? "after" : "now" };
    if (before) lines.push({ name: names.before, id: idOf(before), sure: sure(sureBefore) });
    if (after) lines.push({ name: names.after, id: idOf(after), sure: sure(sureAfter) });
    if (truth) lines.push({ name: "truth", id: idOf(truth), sure: null });
    return { word: change ? (this.changes[idOf(change)]?.name ?? null) : null, lines };
  }

  /**
   * Return the confidence at a pixel in percent; its plane may be smaller than the image.
   * @param {Plane} plane
   * @param {number} row
   * @param {number} column
   */
  confidence({ ids, width, height }, row, column) {
    const y = Math.floor((row * height) / this.size.height);
    const x = Math.floor((column * width) / this.size.width);
    return Math.round(ids[y * width + x] / 2.55);
  }
}
