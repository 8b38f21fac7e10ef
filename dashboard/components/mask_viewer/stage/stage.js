// @ts-check
// The panes: one or two over the same part of the same image, with a wipe between them.

import { drawPane } from "../../label_maps/draw.js";
import { WipeHandle } from "../../label_maps/wipe.js";
import { icon } from "../../shared/controls.js";
import { cross } from "../../shared/cross.js";
import { brush, h, pixelRatio } from "../../shared/dom.js";
import { followPointer } from "./pointer.js";
import { WHOLE, zoomed } from "./view.js";

/**
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("../types.js").Look} Look
 * @typedef {import("../types.js").Side} Side
 * @typedef {import("../types.js").SideName} SideName
 * @typedef {import("../../label_maps/types.js").View} View
 */

const MODES = { wipe: "wiping", side: "side", single: "single" };
const ZOOM = 1.5; // factor of one step

/** The panes with wipe, zoom buttons and what is said about the pixel under the pointer. */
export class Stage {
  /** @type {View} */ view = WHOLE;
  /** @type {Picture | null} */ picture = null;
  /** @type {Record<SideName, Side>} */ sides;
  /** @type {import("../types.js").Mark | null} */ mark = null; // the pixel somebody came for
  frame = 0;

  /**
   * @param {object} act
   * @param {() => Look} act.look how to draw
   * @param {(share: number) => void} act.moved called with the wipe, in percent of the width
   * @param {(id: number) => import("../../label_maps/types.js").Entry} act.entryOf a class
   * @param {() => void} act.fullScreen show the viewer alone on the screen, or the page again
   */
  constructor(act) {
    this.act = act;
    this.panes = { right: pane("right"), left: pane("left") };
    const label = "Wipe between left and right, percent";
    this.handle = new WipeHandle(this.panes.left.element, label, (share) => this.wipe(share));
    this.zoomText = h("output", { text: "100 %" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.message = h("p", { class: "message", text: "Loading the masks" });
    this.element = h(
      "div",
      { class: "stage" },
      this.panes.right.element,
      this.panes.left.element,
      this.handle.range,
      this.handle.divider,
      this.zoomBar(),
      this.message,
      this.tip,
    );
    followPointer(this);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.element);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.watch.disconnect();
  }

  zoomBar() {
    return h(
      "div",
      { class: "zoom", "data-left-out": "" },
      button("plus", "Zoom in (+)", () => this.zoom(ZOOM)),
      button("minus", "Zoom out (-)", () => this.zoom(1 / ZOOM)),
      button("fit", "Fit (0)", () => this.fit()),
      button("full", "Full screen (f)", () => this.act.fullScreen()),
      this.zoomText,
    );
  }

  /**
   * @param {Picture} picture
   * @param {Record<SideName, Side>} sides
   * @param {import("../types.js").Mark | null} mark
   */
  show(picture, sides, mark) {
    this.picture = picture;
    this.sides = sides;
    this.mark = mark;
    this.message.hidden = true;
    this.draw();
  }

  /**
   * Say something in place of a picture.
   * @param {string} sentence
   */
  say(sentence) {
    this.picture = null;
    this.message.textContent = sentence;
    this.message.hidden = false;
  }

  draw() {
    if (!this.picture) return;
    const look = this.act.look();
    this.element.className = `stage ${MODES[look.mode]}`;
    this.drawSide("right", this.picture, look);
    if (look.mode !== "single") this.drawSide("left", this.picture, look);
    this.placeWipe(look);
    this.zoomText.textContent = `${Math.round(this.view.zoom * 100)} %`;
  }

  /**
   * @param {SideName} name
   * @param {Picture} picture
   * @param {Look} look
   */
  drawSide(name, picture, look) {
    const { canvas, chip: line, element } = this.panes[name];
    const { layer, chip, label } = this.sides[name];
    const { size } = picture;
    const ratio = pixelRatio(element);
    this.element.style.setProperty("--ratio", String(size.width / size.height));
    canvas.width = Math.max(1, Math.round(element.clientWidth * ratio));
    canvas.height = Math.max(1, Math.round((canvas.width * size.height) / size.width));
    canvas.style.aspectRatio = `${size.width} / ${size.height}`;
    drawPane(canvas, {
      photo: picture.photo(look.brightness),
      layer,
      size,
      view: this.view,
      look: { ...look, pixelRatio: ratio },
    });
    if (this.mark) this.drawMark(canvas, this.mark, size, ratio);
    const marked = this.mark ? `, ${this.mark.text}` : "";
    canvas.setAttribute("aria-label", `${label}${marked}`);
    line.replaceChildren(chip[0], " ", h("b", { text: chip[1] }), chip[2] ?? "");
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("../types.js").Mark} mark
   * @param {import("./view.js").Size} size
   * @param {number} ratio device pixels per pixel
   */
  drawMark(canvas, { row, column }, size, ratio) {
    const context = brush(canvas);
    const scale = (canvas.width / size.width) * this.view.zoom;
    context.setTransform(1, 0, 0, 1, 0, 0);
    cross(context, (column + 0.5 - this.view.x) * scale, (row + 0.5 - this.view.y) * scale, ratio);
  }

  /** @param {Look} look */
  placeWipe(look) {
    this.handle.place(look.wipe, look.mode === "wipe");
  }

  /** @param {number} share percent of the width */
  wipe(share) {
    this.act.moved(Math.min(100, Math.max(0, share)));
    this.placeWipe(this.act.look());
  }

  fit() {
    this.view = WHOLE;
    this.draw();
  }

  /**
   * @param {number} factor
   * @param {import("./view.js").Point} [about] what stays where it is
   */
  zoom(factor, about) {
    if (this.picture) this.lookAt(zoomed(this.view, factor, this.picture.size, about));
  }

  /** @param {View} view */
  lookAt(view) {
    this.view = view;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }
}

/** @param {SideName} side */
function pane(side) {
  const canvas = h("canvas", { role: "img" });
  const chip = h("div", { class: "chip" });
  return { canvas, chip, element: h("div", { class: `pane ${side}` }, canvas, chip) };
}

/**
 * @param {"plus" | "minus" | "fit" | "full"} name
 * @param {string} label
 * @param {() => void} act
 */
function button(name, label, act) {
  return h(
    "button",
    { type: "button", title: label, "aria-label": label, onclick: act },
    icon(name),
  );
}
