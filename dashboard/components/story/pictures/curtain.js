// @ts-check
// One image twice, the front cut off at a handle that moves by itself once and is moved then.

import { drawPane } from "../../label_maps/draw.js";
import { WipeHandle } from "../../label_maps/wipe.js";
import { h } from "../../shared/dom.js";
import { WHOLE } from "./images.js";
import { dotsOf } from "./room.js";

/**
 * @typedef {import("../../label_maps/types.js").Layer} Layer
 * @typedef {{ layer: Layer | null, label: string, text: string }} Face label: shown; text: read out
 * @typedef {{ front: Face, back: Face, photo: ImageBitmap, patterns: boolean }} Scene
 */

const OPACITY = 0.65;
const TRAVEL_MS = 1300; // of one way across

/** Front and back of an image, with the handle between them. */
export class Curtain {
  /** @type {Scene | null} */ scene = null;
  frame = 0;
  share = 50;
  /** @type {IntersectionObserver | null} */ sight = null;

  /**
   * @param {{ width: number, height: number }} size of the image
   * @param {string} label of the handle
   * @param {(share: number) => void} moved called when the handle moves
   */
  constructor(size, label, moved) {
    this.size = size;
    this.moved = moved;
    this.faces = { back: face("back"), front: face("front") };
    const { front, back } = this.faces;
    this.handle = new WipeHandle(front.element, label, (share) => this.take(share));
    this.message = h("p", { class: "message", hidden: true });
    const inner = [back.element, front.element, this.handle.range, this.handle.divider];
    this.element = h("div", { class: "curtain" }, ...inner, this.message);
    this.element.style.setProperty("--ratio", String(size.width / size.height));
    followPointer(this);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.element);
  }

  destroy() {
    this.stop();
    this.watch.disconnect();
  }

  /** @param {Scene} scene */
  show(scene) {
    this.scene = scene;
    this.message.hidden = true;
    const isWiping = scene.front.layer !== scene.back.layer;
    this.element.classList.toggle("still", !isWiping);
    this.draw();
  }

  /**
   * Say something in place of the picture.
   * @param {string} sentence
   */
  say(sentence) {
    this.scene = null;
    this.element.classList.add("still");
    this.message.textContent = sentence;
    this.message.hidden = false;
  }

  draw() {
    if (!this.scene) return;
    const { front, back, photo, patterns } = this.scene;
    const pixelRatio = dotsOf(this.element);
    for (const [name, { layer, label, text }] of Object.entries({ front, back })) {
      const { canvas, chip } = this.faces[/** @type {"front" | "back"} */ (name)];
      canvas.width = Math.max(1, Math.round(this.element.clientWidth * pixelRatio));
      canvas.height = Math.max(1, Math.round((canvas.width * this.size.height) / this.size.width));
      const look = { opacity: OPACITY, borders: true, patterns, pixelRatio };
      drawPane(canvas, { photo, layer, size: this.size, view: WHOLE, look });
      canvas.setAttribute("aria-label", text);
      chip.textContent = label;
      chip.hidden = !label;
    }
    this.place(this.share);
  }

  /** @param {number} share percent of the width */
  place(share) {
    this.share = Math.min(100, Math.max(0, share));
    this.handle.place(this.share);
  }

  /**
   * Put the handle where somebody wants it.
   * @param {number} share
   */
  take(share) {
    this.stop();
    this.place(share);
    this.moved(this.share);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.sight?.disconnect();
  }

  /**
   * Move along places by itself, once it is in sight; at once to the last one where somebody asked
   * for less motion.
   * @param {number[]} places percent of the width
   */
  travel(places) {
    const end = places[places.length - 1];
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.take(end);
    this.place(places[0]);
    this.sight = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.sight?.disconnect();
      this.frame = requestAnimationFrame((began) => this.go(places, began));
    });
    this.sight.observe(this.element);
  }

  /**
   * @param {number[]} places
   * @param {number} began
   */
  go(places, began) {
    const step = (/** @type {number} */ now) => {
      const at = (now - began) / TRAVEL_MS;
      const leg = Math.floor(at);
      if (leg >= places.length - 1) return this.take(places[places.length - 1]);
      const way = at - leg;
      const eased = way < 0.5 ? 4 * way ** 3 : 1 - (2 - 2 * way) ** 3 / 2;
      this.place(places[leg] + eased * (places[leg + 1] - places[leg]));
      this.moved(this.share);
      this.frame = requestAnimationFrame(step);
    };
    step(began);
  }
}

/** @param {string} name */
function face(name) {
  const canvas = h("canvas", { role: "img" });
  const chip = h("span", { class: "chip", hidden: true });
  return { canvas, chip, element: h("div", { class: `face ${name}` }, canvas, chip) };
}

/**
 * Let the handle follow a drag anywhere on the image; a finger that goes up or down scrolls.
 * @param {Curtain} curtain
 */
function followPointer(curtain) {
  const { element, handle } = curtain;
  const to = (/** @type {PointerEvent} */ event) => {
    const box = element.getBoundingClientRect();
    curtain.take(((event.clientX - box.left) / box.width) * 100);
  };
  let isHeld = false;
  element.addEventListener("pointerdown", (event) => {
    const isStill = element.classList.contains("still");
    if (event.button !== 0 || isStill || event.target === handle.range) return;
    isHeld = true;
    element.setPointerCapture(event.pointerId);
    if (event.pointerType === "mouse") to(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (isHeld) to(event);
  });
  element.addEventListener("pointerup", (event) => {
    if (isHeld) to(event);
    isHeld = false;
  });
  element.addEventListener("pointercancel", () => {
    isHeld = false;
  });
  // Arrows are for the panels again after a drag; whoever came by Tab keeps them for the handle.
  handle.range.addEventListener("pointerup", () => {
    const story = element.closest(".story");
    if (story instanceof HTMLElement) story.focus({ preventScroll: true });
  });
}
