// The feature map: probe pixels where the projection puts them, step by step, without a jump.

import { h } from "../shared/dom.js";
import { Positions } from "./files.js";
import { drawMarks } from "./marks.js";
import { followPointer } from "./pointer.js";
import { lookOf, pointsOn, shuffled } from "./points.js";
import { STYLE } from "./style.js";
import { describe, drawTools, makePlayer, onKey } from "./tools.js";
import { between, Camera, UNPLACED } from "./view.js";

const MORPH_MS = 600;
const PLAY_MS = 700;
const TELL_AFTER_MS = 350;
const COLUMNS = ["class_id", "domain", "image", "predicted", "sure", "shown", "color", "strong"];
const maps = new WeakMap();

export default function mount(component) {
  const { parentElement } = component;
  if (!maps.has(parentElement)) maps.set(parentElement, new FeatureMap(parentElement));
  const map = maps.get(parentElement);
  map.update(component);
  return () =>
    setTimeout(() => {
      if (map.root.isConnected) return;
      map.end();
      maps.delete(parentElement);
    });
}

class FeatureMap {
  constructor(parent) {
    this.cameras = new Map();
    this.camera = new Camera([0, 0]);
    this.tool = "lasso";
    this.shape = null;
    this.pointed = null;
    this.share = 1;
    this.build(parent);
    this.points = pointsOn(this.canvas, () => this.draw());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.stage);
  }

  build(parent) {
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.overlay = h("canvas", { class: "over", role: "img", "aria-label": "Feature map" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.stage = h("div", { class: "stage" }, this.canvas, this.overlay, this.tip);
    this.tools = h("div", { class: "tools" });
    this.legend = h("div", { class: "legend" });
    this.note = h("p", { class: "note" });
    this.root = h(
      "div",
      {
        class: "feature-map",
        tabindex: 0,
        role: "group",
        "aria-label": "Feature map",
        "data-chart": "feature-map",
        onkeydown: (event) => onKey(this, event),
      },
      this.tools,
      this.stage,
      this.legend,
      makePlayer(this),
      this.note,
    );
    parent.replaceChildren(h("style", { text: STYLE }), this.root);
    followPointer(this);
  }

  end() {
    clearInterval(this.playing);
    clearTimeout(this.telling);
    cancelAnimationFrame(this.frame);
    this.watch.disconnect();
    this.points.end();
  }

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    const folder = `${data.base}/projections/${data.layout}`;
    if (this.files?.folder !== folder) {
      Object.assign(this, { camera: this.cameraOf(folder), shown: null, positions: null });
      this.files = new Positions(folder, () => this.draw());
    }
    this.data = data;
    this.rows = Object.fromEntries(
      COLUMNS.map((name) => [name, data.points.getChild(name).toArray()]),
    );
    this.shape = data.shape;
    if (this.order?.length !== this.rows.shown.length)
      this.order = shuffled(this.rows.shown.length);
    this.slider.max = Math.max(0, data.steps.length - 1);
    drawTools(this);
    this.paint();
    const wanted = data.steps.indexOf(data.step);
    if (!this.playing && !this.telling)
      this.go(wanted < 0 ? data.steps.length - 1 : wanted, { quiet: true });
    describe(this);
    data.steps.forEach((step) => this.files.fetch(step));
  }

  get view() {
    return this.camera.view;
  }

  // Each projection keeps what is seen of it.
  cameraOf(folder) {
    if (!this.cameras.has(folder)) this.cameras.set(folder, new Camera([0, 0]));
    const camera = this.cameras.get(folder);
    camera.resize(this.camera.size, null);
    return camera;
  }

  // Move to the snapshot at `index`, by a morph; `quiet` when the page itself asked for it.
  async go(index, { quiet = false } = {}) {
    const { steps } = this.data;
    const next = Math.min(steps.length - 1, Math.max(0, index));
    if (!quiet && next !== this.at) this.announce(steps[next]);
    this.at = next;
    this.slider.value = next;
    describe(this);
    const step = steps[next];
    if (step === this.shown) return;
    const positions = await this.files.fetch(step);
    if (!positions || this.data.steps[this.at] !== step) return;
    this.from = this.positions?.length === positions.length ? this.positions : positions;
    this.positions = positions;
    this.shown = step;
    this.camera.follow(positions);
    const count = 2 * this.rows.shown.length;
    this.points.setPositions(
      this.order,
      this.from.subarray(0, count),
      positions.subarray(0, count),
    );
    this.root.dataset.step = step;
    this.root.dataset.points = this.rows.shown.length;
    this.morph();
  }

  morph() {
    cancelAnimationFrame(this.frame);
    const still =
      matchMedia("(prefers-reduced-motion: reduce)").matches || this.from === this.positions;
    const begun = performance.now();
    const tick = (now) => {
      const done = still ? 1 : Math.min(1, Math.max(0, now - begun) / MORPH_MS);
      this.share = done < 0.5 ? 4 * done ** 3 : 1 - (-2 * done + 2) ** 3 / 2;
      this.camera.travel(this.share);
      this.draw();
      if (done < 1) this.frame = requestAnimationFrame(tick);
    };
    tick(begun);
  }

  announce(step) {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.telling = null;
      this.tell("step", step);
    }, TELL_AFTER_MS);
  }

  play() {
    if (this.playing) {
      clearInterval(this.playing);
      this.playing = null;
    } else {
      if (this.at >= this.data.steps.length - 1) this.go(0);
      this.playing = setInterval(() => {
        this.go(this.at + 1);
        if (this.at >= this.data.steps.length - 1) this.play();
      }, PLAY_MS);
    }
    this.playButton.textContent = this.playing ? "Stop" : "Play";
  }

  choose(tool) {
    this.tool = tool;
    drawTools(this);
  }

  paint() {
    this.points.setLook(this.order, ...lookOf(this.rows, this.data.colors));
    this.draw();
  }

  draw() {
    if (!this.positions || !this.view || !this.canvas.width) return;
    const ratio = this.canvas.width / this.stage.clientWidth;
    this.points.draw(this.view.times(ratio), this.share, this.pointSize() * ratio);
    this.root.dataset.zoom = this.view.zoom.toFixed(5);
    drawMarks(this.overlay.getContext("2d"), this.scene(ratio));
  }

  // Few points are drawn larger, many smaller: the map keeps about the same ink.
  pointSize() {
    return 8.5 * Math.min(1.6, Math.max(0.6, (3000 / this.rows.shown.length) ** 0.2));
  }

  // What stands on top of the points. A shape belongs to the step where it was drawn.
  scene(ratio) {
    const { data, shape } = this;
    const style = getComputedStyle(this.root);
    const prototypes = data.prototypes
      .map((mark, k) => ({ ...mark, index: this.rows.shown.length + k }))
      .filter((mark) => mark.shown && this.positions[2 * mark.index] !== UNPLACED)
      .map((mark) => {
        const [x, y] = this.pixel(mark.index);
        return { ...mark, x, y, trail: this.trail(mark.index) };
      });
    const pointed = this.pointed === null ? null : this.pixel(this.pointed);
    const lasso = shape && shape.step === this.shown ? shape.polygon : [];
    return {
      ratio,
      prototypes,
      show: data.show,
      lasso: lasso.map((place) => this.view.toPixel(place)),
      pointed: pointed && { x: pointed[0], y: pointed[1] },
      width: this.stage.clientWidth,
      height: this.stage.clientHeight,
      font: style.getPropertyValue("--st-font") || "sans-serif",
      colors: {
        page: style.getPropertyValue("--st-background-color"),
        ink: style.getPropertyValue("--st-text-color"),
        accent: style.getPropertyValue("--st-primary-color"),
      },
    };
  }

  // Places of a prototype at the steps up to the one shown, oldest first.
  trail(index) {
    const places = [];
    for (const step of this.data.steps.slice(0, this.at)) {
      const values = this.files.at(step);
      if (!values || step < this.data.trail_from || values[2 * index] === UNPLACED) continue;
      places.push(this.view.toPixel([values[2 * index], values[2 * index + 1]]));
    }
    return places;
  }

  pixel(index) {
    return this.view.toPixel(between(this.from, this.positions, this.share)(index));
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth) return;
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(clientWidth * ratio);
      canvas.height = Math.round(clientHeight * ratio);
    }
    this.camera.resize([clientWidth, clientHeight], this.positions);
    this.draw();
  }

  fit() {
    if (!this.positions) return;
    this.camera.fit(this.positions);
    this.draw();
  }

  look(view) {
    this.camera.look(view);
    this.draw();
  }

  zoom(factor) {
    const [width, height] = this.camera.size;
    this.look(this.view.zoomed(factor, [width / 2, height / 2]));
  }

  outline(polygon) {
    this.shape = polygon && { polygon, step: this.shown };
    this.draw();
  }

  // Only the shape travels: the same pixels are found on the other side.
  select(path, point = null) {
    const polygon = path.map(([x, y]) => [Math.round(x), Math.round(y)]);
    this.outline(polygon.length ? polygon : null);
    this.tell("selection", { polygon, step: this.shown, point });
  }
}
