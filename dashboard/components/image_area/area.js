// @ts-check
// One image: its photograph or a mask, the probe pixels in it, and an area drawn by hand.

import { segmented } from "../shared/controls.js";
import { cross, edge } from "../shared/cross.js";
import { brush, h, pixelRatio, placeIn } from "../shared/dom.js";

/**
 * @typedef {import("./types.js").AreaData} AreaData
 * @typedef {import("./types.js").Area} Area
 */

const CLICK = 3; // pixels a click may move
const TAU = 2 * Math.PI;

/** The image. */
export class ImageArea {
  /** @type {AreaData} */ data;
  picture = ""; // label of the one shown
  /** @type {Area | null} */ drawn = null;

  /** @param {import("../shared/component.js").Send} send */
  constructor(send) {
    this.send = send;
    this.image = h("img", { alt: "" });
    this.image.addEventListener("error", () => this.image.classList.add("missing"));
    this.image.addEventListener("load", () => this.image.classList.remove("missing"));
    this.canvas = h("canvas", { role: "img" });
    this.stage = h("div", { class: "stage" }, this.image, this.canvas);
    this.choices = h("div", {});
    const hint = "Drag over an area: its pixels light up on the map. Shift adds, Ctrl takes away.";
    this.root = h(
      "div",
      { class: "image-area", "data-chart": "image-area" },
      this.choices,
      this.stage,
      h("p", { text: hint }),
    );
    this.canvas.addEventListener("pointerdown", (event) => this.grab(event));
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.stage);
  }

  /** @param {AreaData} data */
  update(data) {
    this.data = data;
    this.drawn = null;
    const known = data.pictures.map((one) => one.label);
    if (!known.includes(this.picture)) this.picture = known[0] ?? "";
    this.stage.style.aspectRatio = `${data.width} / ${data.height}`;
    const count = data.pixels.length;
    const selected = data.pixels.filter((one) => one.selected).length;
    this.canvas.setAttribute(
      "aria-label",
      `${data.name}: ${count} probe pixels, ${selected} of them selected`,
    );
    this.root.dataset.selected = String(selected);
    this.show();
  }

  show() {
    const { pictures } = this.data;
    const options = pictures.map(({ label }) => ({ value: label, label }));
    const choose = (/** @type {string} */ label) => {
      this.picture = label;
      this.show();
    };
    this.choices.replaceChildren(segmented("Picture", options, this.picture, choose));
    const address = pictures.find((one) => one.label === this.picture)?.address ?? "";
    if (this.image.getAttribute("src") !== address) this.image.src = address;
    this.draw();
  }

  draw() {
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth || !this.data) return;
    const ratio = pixelRatio(this.stage);
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    const context = brush(this.canvas);
    const zoom = this.canvas.width / this.data.width;
    const hasSelected = this.data.pixels.some((one) => one.selected);
    for (const { row, column, color, selected } of this.data.pixels) {
      const [x, y] = [(column + 0.5) * zoom, (row + 0.5) * zoom];
      context.beginPath();
      context.arc(x, y, (selected ? 4 : 2.5) * ratio, 0, TAU);
      context.globalAlpha = selected || !hasSelected ? 1 : 0.6;
      edge(context, ratio);
      context.fillStyle = color;
      context.fill();
      if (selected && this.data.crosshair) cross(context, x, y, ratio);
    }
    context.globalAlpha = 1;
    if (this.drawn) this.frame(context, this.drawn, zoom, ratio);
    this.root.dataset.drawn = this.picture;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Area} area
   * @param {number} zoom
   * @param {number} ratio
   */
  frame(context, { top, left, bottom, right }, zoom, ratio) {
    context.beginPath();
    context.rect(left * zoom, top * zoom, (right - left) * zoom, (bottom - top) * zoom);
    context.fillStyle = "#ffffff40";
    context.fill();
    context.setLineDash([6 * ratio, 4 * ratio]);
    edge(context, ratio);
    context.setLineDash([]);
  }

  /** @param {PointerEvent} event */
  grab(event) {
    if (event.button > 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    const begun = this.place(event);
    const mode = event.ctrlKey || event.metaKey ? "remove" : event.shiftKey ? "add" : "set";
    const stop = new AbortController();
    const move = (/** @type {PointerEvent} */ moved) => {
      this.drawn = between(begun, this.place(moved));
      this.draw();
    };
    const release = (/** @type {PointerEvent} */ ended) => {
      stop.abort();
      const area = between(begun, this.place(ended));
      const scale = this.data.width / this.stage.clientWidth;
      const size = Math.max(area.right - area.left, area.bottom - area.top);
      if (size >= CLICK * scale) this.send("area", { ...area, mode });
      else this.drawn = null;
      this.draw();
    };
    const cancel = () => {
      stop.abort();
      this.drawn = null;
      this.draw();
    };
    this.canvas.addEventListener("pointermove", move, { signal: stop.signal });
    this.canvas.addEventListener("pointerup", release, { signal: stop.signal });
    this.canvas.addEventListener("pointercancel", cancel, { signal: stop.signal });
  }

  /**
   * Return column and row under the pointer.
   * @param {PointerEvent} event
   * @returns {[column: number, row: number]}
   */
  place(event) {
    const [x, y] = placeIn(this.canvas, event);
    const { width, height } = this.data;
    const within = (/** @type {number} */ value, /** @type {number} */ most) =>
      Math.min(most, Math.max(0, value));
    return [
      within((x * width) / this.stage.clientWidth, width),
      within((y * height) / this.stage.clientHeight, height),
    ];
  }

  destroy() {
    this.watch.disconnect();
  }
}

/**
 * Return the area between two places of an image, whichever way it was drawn.
 * @param {[column: number, row: number]} a
 * @param {[column: number, row: number]} b
 * @returns {Area}
 */
export function between([x1, y1], [x2, y2]) {
  return {
    top: Math.floor(Math.min(y1, y2)),
    left: Math.floor(Math.min(x1, x2)),
    bottom: Math.ceil(Math.max(y1, y2)),
    right: Math.ceil(Math.max(x1, x2)),
  };
}
