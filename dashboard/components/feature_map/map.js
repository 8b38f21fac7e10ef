// @ts-check
// The feature map: probe pixels where the projection puts them, step by step, without a jump.

import { pixelRatio } from "../shared/dom.js";
import { press } from "../shared/keys.js";
import { askedFor, tellLinks } from "../shared/link.js";
import { onLight } from "../shared/lit.js";
import { shuffled } from "../shared/shuffled.js";
import { describe, elementsOf } from "./around/elements.js";
import { drawKey, drawTable } from "./around/key.js";
import { actionOf, drawTools, undoes } from "./around/tools.js";
import { Layers } from "./drawing/layers.js";
import { lookOf, pointSize, pointsOn, rowsOf } from "./drawing/points.js";
import { Positions } from "./movement/files.js";
import { Linked } from "./movement/linked.js";
import { Player } from "./movement/player.js";
import { followPointer } from "./movement/pointer.js";
import { join, shareView } from "./movement/twins.js";
import { between, Camera, eased, joined } from "./movement/view.js";

/**
 * @typedef {import("./types.js").MapData} MapData
 * @typedef {import("./types.js").Place} Place
 * @typedef {import("./types.js").Rows} Rows
 * @typedef {import("./movement/view.js").View} View
 */

const MORPH_MS = 600;
const NO_POSITIONS = new Int16Array(0);

/** The map, its tools, its player, and what of it is seen. */
export class FeatureMap {
  /** @type {MapData} */ data;
  /** @type {Linked} */ linked;
  /** @type {HTMLCanvasElement} */ under; // what lies behind the points
  /** @type {HTMLCanvasElement} */ canvas; // the points
  /** @type {HTMLCanvasElement} */ overlay; // what stands on them
  /** @type {HTMLElement} */ tip;
  /** @type {HTMLElement} */ stage;
  /** @type {HTMLElement} */ tools;
  /** @type {HTMLElement} */ legend;
  /** @type {HTMLElement} */ note;
  /** @type {HTMLElement} */ title;
  /** @type {HTMLTableElement} */ table;
  /** @type {HTMLElement} */ heard;
  /** @type {HTMLElement} */ root;
  /** @type {Rows} */ rows;
  /** @type {Positions} */ files;
  /** @type {Uint32Array} */ order = new Uint32Array(0);
  /** @type {Map<string, Camera>} */ cameras = new Map();
  camera = new Camera([0, 0]);
  /** @type {import("./types.js").Tool} */ tool = "lasso";
  /** @type {import("./types.js").Shape | null} */ shape = null;
  /** @type {number | null} */ pointed = null; // the point under the pointer
  /** @type {number | null} */ lit = null; // the class pointed at, here or in a list
  /** @type {number | null} */ shown = null; // the step whose positions are drawn
  /** @type {Int16Array | null} */ positions = null;
  /** @type {Int16Array} */ from = NO_POSITIONS; // where the morph began
  /** @type {Int16Array} */ extent = NO_POSITIONS; // what a fit shows: the step, and those of a map beside this one
  share = 1; // of the morph
  frame = 0;

  /** @param {import("../shared/component.js").Send} send */
  constructor(send) {
    this.send = send;
    this.player = new Player({
      show: (step) => this.show(step),
      tell: (step) => send("step", step),
    });
    this.layers = new Layers();
    Object.assign(this, elementsOf());
    this.root.addEventListener("keydown", (event) => {
      if (undoes(event)) send("undo", performance.now());
      else press(event, (pressed) => actionOf(this, pressed));
    });
    this.root.append(this.player.element, this.note, this.heard);
    this.ends = [onLight((id) => this.light(id))];
    followPointer(this);
    this.points = pointsOn(this.canvas, () => this.draw());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.stage);
  }

  /** @param {MapData} data */
  update(data) {
    this.data = data;
    if (!this.linked) this.link(data.twin === "before" ? "before" : "map");
    this.rows = rowsOf(data.points);
    this.shape = data.shape;
    const count = this.rows.shown.length;
    if (this.order.length !== count) this.order = shuffled(count);
    this.open(`${data.base}/projections/${data.layout}`);
    drawTools(this);
    drawKey(this);
    drawTable(this);
    this.paint();
    this.player.element.hidden = data.twin === "before" || (!!data.twin && data.steps.length < 2);
    const isShown = this.player.update(data.steps, data.step, data.refits);
    describe(this);
    for (const step of data.steps) this.files.fetch(step);
    return isShown;
  }

  /** @param {string} name of this map in a copied link */
  link(name) {
    this.linked = new Linked(this, askedFor(name));
    this.ends.push(
      tellLinks(name, () => this.linked.state()),
      join(this),
    );
  }

  destroy() {
    for (const end of this.ends) end();
    this.player.destroy();
    cancelAnimationFrame(this.frame);
    this.watch.disconnect();
    this.points.destroy();
  }

  get view() {
    return this.camera.view;
  }

  /**
   * Open a projection; each keeps what is seen of it.
   * @param {string} folder
   */
  open(folder) {
    if (this.files?.folder === folder) return;
    const camera = this.cameras.get(folder) ?? new Camera([0, 0]);
    camera.resize(this.camera.size, null);
    this.cameras.set(folder, camera);
    this.camera = camera;
    this.shown = this.positions = null;
    this.files = new Positions(folder, () => this.draw());
  }

  /**
   * Morph to the positions of a step.
   * @param {number} step
   */
  async show(step) {
    describe(this);
    if (step === this.shown) return;
    const { files } = this;
    const [positions, ...others] = await Promise.all(
      [step, ...this.data.fitted].map((one) => files.fetch(one)),
    );
    if (!positions || this.files !== files || this.player.step !== step) return;
    this.from = this.positions?.length === positions.length ? this.positions : positions;
    this.positions = positions;
    this.shown = step;
    this.extent = joined([positions, ...others]);
    this.camera.follow(this.extent);
    this.linked.restore();
    const count = this.rows.shown.length;
    const placed = [this.from, positions].map((values) => values.subarray(0, 2 * count));
    this.points.setPositions(this.order, placed[0], placed[1]);
    this.root.dataset.step = String(step);
    this.root.dataset.points = String(count);
    this.morph();
  }

  morph() {
    cancelAnimationFrame(this.frame);
    const wantsCuts = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const isStill = wantsCuts || this.from === this.positions;
    const begun = performance.now();
    const tick = (/** @type {number} */ now) => {
      const done = isStill ? 1 : Math.min(1, Math.max(0, now - begun) / MORPH_MS);
      this.share = eased(done);
      this.camera.travel(this.share);
      this.draw();
      if (done < 1) this.frame = requestAnimationFrame(tick);
    };
    tick(begun);
  }

  draw() {
    if (!this.positions || !this.view || !this.canvas.width) return;
    const ratio = this.canvas.width / this.stage.clientWidth;
    this.points.draw(this.view.times(ratio), this.share, pointSize(this.rows.shown.length) * ratio);
    this.root.dataset.zoom = this.view.zoom.toFixed(5);
    this.layers.draw(this, ratio);
    shareView(this);
  }

  /** Give every point its colour; a class that is pointed at stands out. */
  paint() {
    this.points.setLook(this.order, ...lookOf(this.rows, this.data, this.lit));
    this.draw();
  }

  /** @param {number | null} id of the class to lift, null for none */
  light(id) {
    if (!this.rows || this.lit === id) return;
    this.lit = id;
    this.paint();
  }

  resize() {
    const ratio = pixelRatio(this.stage);
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth) return;
    for (const canvas of [this.under, this.canvas, this.overlay]) {
      canvas.width = Math.round(clientWidth * ratio);
      canvas.height = Math.round(clientHeight * ratio);
    }
    this.camera.resize([clientWidth, clientHeight], this.positions && this.extent);
    this.draw();
  }

  /**
   * Return where a point is drawn now.
   * @param {number} index
   * @returns {Place}
   */
  pixel(index) {
    if (!this.positions || !this.view) return [NaN, NaN];
    return this.view.toPixel(between(this.from, this.positions, this.share)(index));
  }

  /** @param {import("./types.js").Tool} tool */
  choose(tool) {
    this.tool = tool;
    drawTools(this);
  }

  fit() {
    if (!this.positions) return;
    this.camera.fit(this.extent);
    this.draw();
  }

  /** @param {View} view */
  look(view) {
    this.camera.look(view);
    this.draw();
  }

  /** @param {number} factor */
  zoom(factor) {
    const [width, height] = this.camera.size;
    if (this.view) this.look(this.view.zoomed(factor, [width / 2, height / 2]));
  }
}
