// The panes: draw, wipe, linked zoom and pan, and what lies under the pointer.

import { h, icon, swatch } from "../shared/dom.js";
import { drawPane } from "./paint.js";

const MOST_ZOOM = 40;

// One or two panes over the same part of the same image.
export class Stage {
  // look() returns {mode, opacity, brightness, borders, patterns, wipe}; moved(share) is told of the wipe.
  constructor({ look, moved, name }) {
    this.look = look;
    this.moved = moved;
    this.name = name;
    this.view = { zoom: 1, x: 0, y: 0 };
    this.panes = { right: this.pane("right"), left: this.pane("left") };
    this.divider = h("div", { class: "divider" }, h("span", {}, icon("wipe")));
    this.range = h("input", {
      type: "range",
      class: "wipe",
      min: 0,
      max: 100,
      step: 0.5,
      "aria-label": "Wipe between left and right, percent",
      oninput: () => this.wipe(Number(this.range.value)),
    });
    this.tip = h("div", { class: "tip", hidden: true });
    this.message = h("p", { class: "message", text: "Loading the masks" });
    this.element = h(
      "div",
      { class: "stage" },
      this.panes.right.element,
      this.panes.left.element,
      this.range,
      this.divider,
      this.zoomBar(),
      this.message,
      this.tip,
    );
    this.listen();
  }

  pane(side) {
    const canvas = h("canvas", { role: "img" });
    const chip = h("div", { class: "chip" });
    return { canvas, chip, element: h("div", { class: `pane ${side}` }, canvas, chip) };
  }

  zoomBar() {
    this.zoomText = h("output", { text: "100 %" });
    const button = (name, label, act) =>
      h("button", { type: "button", title: label, "aria-label": label, onclick: act }, icon(name));
    return h(
      "div",
      { class: "zoom" },
      button("plus", "Zoom in (+)", () => this.zoom(1.5)),
      button("minus", "Zoom out (-)", () => this.zoom(1 / 1.5)),
      button("fit", "Fit (0)", () => this.fit()),
      this.zoomText,
    );
  }

  // Show `picture`; sides: {left, right}, each {layer, chip: [text, strong], label}.
  show(picture, sides) {
    this.picture = picture;
    this.sides = sides;
    this.message.hidden = true;
    this.draw();
  }

  // Say `sentence` in place of a picture.
  say(sentence) {
    this.picture = null;
    this.message.textContent = sentence;
    this.message.hidden = false;
  }

  draw() {
    if (!this.picture) return;
    const look = this.look();
    const modes = { wipe: "wiping", side: "side", single: "single" };
    this.element.className = `stage ${modes[look.mode]}`;
    for (const [side, pane] of Object.entries(this.panes))
      this.drawSide(pane, this.sides[side], look, side);
    this.placeWipe(look);
    this.zoomText.textContent = `${Math.round(this.view.zoom * 100)} %`;
  }

  drawSide(pane, { layer, chip, label }, look, side) {
    if (side === "left" && look.mode === "single") return;
    const { size } = this.picture;
    const pixelRatio = window.devicePixelRatio || 1;
    const width = pane.element.clientWidth;
    pane.canvas.width = Math.max(1, Math.round(width * pixelRatio));
    pane.canvas.height = Math.max(1, Math.round((pane.canvas.width * size.height) / size.width));
    pane.canvas.style.aspectRatio = `${size.width} / ${size.height}`;
    drawPane(pane.canvas, {
      photo: this.picture.photo(look.brightness),
      layer,
      size,
      view: this.view,
      look: { ...look, pixelRatio },
    });
    pane.canvas.setAttribute("aria-label", label);
    pane.chip.replaceChildren(chip[0], " ", h("b", { text: chip[1] }), chip[2] ?? "");
  }

  placeWipe(look) {
    const clip = look.mode === "wipe" ? `inset(0 ${100 - look.wipe}% 0 0)` : "none";
    this.panes.left.element.style.clipPath = clip;
    this.divider.style.left = `${look.wipe}%`;
    this.range.value = look.wipe;
  }

  wipe(share) {
    this.moved(Math.min(100, Math.max(0, share)));
    this.placeWipe(this.look());
  }

  fit() {
    this.view = { zoom: 1, x: 0, y: 0 };
    this.draw();
  }

  // Zoom by `factor` about an image point (row and column stay under the pointer).
  zoom(factor, at = null) {
    if (!this.picture) return;
    const { width, height } = this.picture.size;
    const about = at ?? {
      x: this.view.x + width / 2 / this.view.zoom,
      y: this.view.y + height / 2 / this.view.zoom,
    };
    const zoom = Math.min(MOST_ZOOM, Math.max(1, this.view.zoom * factor));
    const ratio = this.view.zoom / zoom;
    this.moveTo(
      zoom,
      about.x - (about.x - this.view.x) * ratio,
      about.y - (about.y - this.view.y) * ratio,
    );
  }

  moveTo(zoom, x, y) {
    const { width, height } = this.picture.size;
    const within = (value, length) => Math.min(length - length / zoom, Math.max(0, value));
    this.view = { zoom, x: within(x, width), y: within(y, height) };
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  // Return the image point under the pointer: {x, y} in image pixels, and the pane's box.
  point(event) {
    const side =
      this.look().mode === "side" && this.inside(event, this.panes.left) ? "left" : "right";
    const box = this.panes[side].canvas.getBoundingClientRect();
    const scale = this.picture.size.width / box.width / this.view.zoom;
    return {
      x: this.view.x + (event.clientX - box.left) * scale,
      y: this.view.y + (event.clientY - box.top) * scale,
      scale,
    };
  }

  inside(event, pane) {
    const box = pane.canvas.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  }

  listen() {
    const stage = this.element;
    stage.addEventListener("pointermove", (event) => this.pointer(event));
    stage.addEventListener("pointerleave", () => (this.tip.hidden = true));
    stage.addEventListener("pointerdown", (event) => this.grab(event));
    stage.addEventListener("pointerup", () => (this.grabbed = null));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.draw()).observe(stage);
  }

  // The wheel zooms with Ctrl or a pinch, or once zoomed in; else the page scrolls as usual.
  wheel(event) {
    const meant = event.ctrlKey || event.metaKey || this.view.zoom > 1;
    if (!this.picture || !meant) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 300), this.point(event));
  }

  grab(event) {
    if (!this.picture || event.button !== 0 || event.target.tagName !== "CANVAS") return;
    this.grabbed = { from: { ...this.view }, x: event.clientX, y: event.clientY };
    this.element.setPointerCapture(event.pointerId);
  }

  drag(event) {
    const { from, x, y } = this.grabbed;
    const { scale } = this.point(event);
    if (this.view.zoom > 1) {
      this.moveTo(
        this.view.zoom,
        from.x - (event.clientX - x) * scale,
        from.y - (event.clientY - y) * scale,
      );
    } else if (this.look().mode === "wipe") {
      const box = this.element.getBoundingClientRect();
      this.wipe(((event.clientX - box.left) / box.width) * 100);
    }
  }

  pointer(event) {
    if (!this.picture) return;
    if (this.grabbed) this.drag(event);
    const at = this.point(event);
    const row = Math.floor(at.y);
    const column = Math.floor(at.x);
    const { width, height } = this.picture.size;
    const over =
      !event.target.closest(".zoom, .help") &&
      row >= 0 &&
      column >= 0 &&
      row < height &&
      column < width;
    this.tip.hidden = !over || Boolean(this.grabbed);
    if (!this.tip.hidden) this.tell(row, column, event);
  }

  tell(row, column, event) {
    const found = this.picture.at(row, column);
    const place = `row ${row}, column ${column}${found.word ? ` · ${found.word}` : ""}`;
    this.tip.replaceChildren(
      h("div", { class: "place", text: place }),
      ...found.lines.map((line) => this.line(line)),
    );
    const box = this.element.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const left = x + 20 + this.tip.offsetWidth > box.width ? x - 20 - this.tip.offsetWidth : x + 20;
    const top = Math.min(y + 12, box.height - this.tip.offsetHeight - 4);
    Object.assign(this.tip.style, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px` });
  }

  line({ name, id, sure }) {
    const entry = this.name(id);
    const text = entry.name + (sure === null || sure === undefined ? "" : `, sure ${sure} %`);
    return h(
      "div",
      { class: "line" },
      h("span", { text: name }),
      swatch(entry.color),
      h("span", { text }),
    );
  }
}
