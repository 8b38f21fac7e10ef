// The feature map: probe pixels where the projection puts them, step by step, without a jump.

import { drawMarks } from "./feature_marks.js";
import { Points } from "./feature_points.js";
import { STYLE } from "./feature_style.js";
import { h } from "./mask_dom.js";

const MORPH_MS = 600;
const PLAY_MS = 700;
const TELL_AFTER_MS = 350;
const UNPLACED = -32768;
const KEYS = [
  ["← →", "step back, step on"], ["Home End", "first and last step"], ["Space", "play, stop"],
  ["s", "lasso"], ["g", "pan"], ["+ - 0", "zoom in, out, fit"], ["wheel", "zoom at the pointer"],
  ["Shift", "pans while the lasso is chosen, and the other way round"],
  ["Esc", "clear the selection"], ["?", "this list"],
];
const maps = new WeakMap();

export default function mount(component) {
  const { parentElement } = component;
  if (!maps.has(parentElement)) maps.set(parentElement, new FeatureMap(parentElement));
  maps.get(parentElement).update(component);
}

class FeatureMap {
  constructor(parent) {
    this.files = new Map();
    this.view = null;
    this.tool = "lasso";
    this.lasso = [];
    this.share = 1;
    this.build(parent);
    this.points = new Points(this.canvas);
    new ResizeObserver(() => this.resize()).observe(this.stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  build(parent) {
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.overlay = h("canvas", { class: "over", role: "img", "aria-label": "Feature map" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.stage = h("div", { class: "stage" }, this.canvas, this.overlay, this.tip);
    this.tools = h("div", { class: "tools" });
    this.slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "Snapshot",
      oninput: () => this.go(Number(this.slider.value)) });
    this.label = h("b", {});
    this.playButton = h("button", { type: "button", class: "main", onclick: () => this.play(), text: "Play", title: "Play, stop (Space)" });
    this.marks = h("div", { class: "refits", "aria-hidden": "true" });
    this.note = h("p", { class: "note" });
    this.player = h("div", { class: "player" },
      h("button", { type: "button", title: "Step back (←)", text: "‹", onclick: () => this.go(this.at - 1) }),
      this.playButton,
      h("button", { type: "button", title: "Step on (→)", text: "›", onclick: () => this.go(this.at + 1) }),
      h("div", { class: "track" }, this.marks, this.slider), this.label);
    this.legend = h("div", { class: "legend" });
    this.root = h("div", { class: "feature-map", tabindex: 0, role: "group", "aria-label": "Feature map",
      "data-chart": "feature-map", onkeydown: (event) => this.key(event) },
    this.tools, this.stage, this.legend, this.player, this.note);
    parent.replaceChildren(h("style", { text: STYLE }), this.root);
    this.overlay.addEventListener("pointerdown", (event) => this.press(event));
    this.overlay.addEventListener("pointermove", (event) => this.hover(event));
    this.overlay.addEventListener("pointerleave", () => this.point(null));
    this.overlay.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    const another = this.data && (data.layout !== this.data.layout || data.base !== this.data.base);
    this.data = data;
    if (another) { this.files.clear(); this.view = null; this.shown = null; }
    if (!data.selected) this.lasso = [];
    if (!this.order || this.order.length !== data.classes_of.length) this.order = shuffled(data.classes_of.length);
    this.slider.max = Math.max(0, data.steps.length - 1);
    this.drawTools();
    this.paint();
    const wanted = data.steps.indexOf(data.step);
    if (!this.playing && !this.telling) this.go(wanted < 0 ? data.steps.length - 1 : wanted, { quiet: true });
    this.describe();
    data.steps.forEach((step) => this.file(step).catch(() => null));
  }

  file(step) {
    if (!this.files.has(step)) {
      const loading = fetch(`${this.data.base}/projections/${this.data.layout}/${step}.bin`)
        .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.status))))
        .then((buffer) => new Int16Array(buffer));
      loading.then((values) => { loading.values = values; this.draw(); }, () => this.files.delete(step));
      this.files.set(step, loading);
    }
    return this.files.get(step);
  }

  // Move to the snapshot at `index`, by a morph; `quiet` when the page itself asked for it.
  async go(index, { quiet = false } = {}) {
    const { steps } = this.data;
    const next = Math.min(steps.length - 1, Math.max(0, index));
    if (!quiet && next !== this.at) this.announce(steps[next]);
    this.at = next;
    this.slider.value = next;
    this.describe();
    const step = steps[next];
    if (step === this.shown) return;
    const positions = await this.file(step).catch(() => null);
    if (!positions || this.data.steps[this.at] !== step) return;
    const from = this.positions ?? positions;
    this.positions = positions;
    this.shown = step;
    this.view ??= this.fitted(positions);
    this.from = from.length === positions.length ? from : positions;
    const count = 2 * this.data.classes_of.length;
    if (this.points.ok) {
      this.points.setOrder(this.order);
      this.points.setPositions(this.from.subarray(0, count), positions.subarray(0, count));
    }
    this.root.dataset.step = step;
    this.root.dataset.points = this.data.classes_of.length;
    this.paint();
    this.morph();
  }

  morph() {
    cancelAnimationFrame(this.frame);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || this.from === this.positions;
    const begun = performance.now();
    const tick = (now) => {
      const done = still ? 1 : Math.min(1, (now - begun) / MORPH_MS);
      this.share = done < 0.5 ? 4 * done ** 3 : 1 - (-2 * done + 2) ** 3 / 2;
      this.draw();
      if (done < 1) this.frame = requestAnimationFrame(tick);
    };
    tick(begun);
  }

  announce(step) {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => { this.telling = null; this.tell("step", step); }, TELL_AFTER_MS);
  }

  play() {
    if (this.playing) { clearInterval(this.playing); this.playing = null; }
    else {
      if (this.at >= this.data.steps.length - 1) this.go(0);
      this.playing = setInterval(() => {
        this.go(this.at + 1);
        if (this.at >= this.data.steps.length - 1) this.play();
      }, PLAY_MS);
    }
    this.playButton.textContent = this.playing ? "Stop" : "Play";
  }

  describe() {
    const { data } = this;
    const step = data.steps[this.at];
    this.label.textContent = step === undefined ? "" : `Step ${step.toLocaleString("en-US")}`;
    const quality = data.quality[this.at];
    this.note.replaceChildren(
      h("b", { text: quality === null || quality === undefined ? "Map" : `Map quality ${quality.toFixed(2)}` }),
      ` (trustworthiness of this ${data.method.toUpperCase()} projection). ${data.note}`);
    const last = Math.max(1, data.steps.length - 1);
    this.marks.replaceChildren(...data.refits.map((refit) => h("i", { title: `Map built anew at step ${refit}`,
      style: { left: `${(100 * data.steps.indexOf(refit)) / last}%` } })));
  }

  drawTools() {
    const button = (text, title, act, on) => h("button", { type: "button", title, "aria-pressed": String(Boolean(on)), onclick: act, text });
    this.tools.replaceChildren(
      h("span", { class: "group" },
        button("Lasso  s", "Circle points (s)", () => this.choose("lasso"), this.tool === "lasso"),
        button("Pan  g", "Move the map (g)", () => this.choose("pan"), this.tool === "pan")),
      h("span", { class: "count", text: this.data.counted }),
      h("span", { class: "end" },
        button("+", "Zoom in (+)", () => this.zoom(1.4)), button("−", "Zoom out (-)", () => this.zoom(1 / 1.4)),
        button("Fit", "Show everything (0)", () => this.fit()), button("?", "Keys (?)", () => this.help())));
    this.legend.replaceChildren(...this.data.legend.map(([mark, text]) =>
      h("span", {}, h("i", { class: `mark ${mark}` }), text)));
  }

  choose(tool) {
    this.tool = tool;
    this.drawTools();
  }

  // Colour of every point, and which are shown at all.
  paint() {
    const { data } = this;
    const count = data.classes_of.length;
    const paint = new Uint8Array(4 * count), kind = new Uint8Array(2 * count);
    const chosen = data.selected ? new Set(data.selected) : null;
    for (let i = 0; i < count; i++) {
      const [red, green, blue] = data.colors[data.color_of[i]];
      const strong = !chosen || chosen.has(i);
      paint.set([red, green, blue, strong ? 230 : 60], 4 * i);
      kind[2 * i] = data.domain_of[i];
      kind[2 * i + 1] = data.shown[i];
    }
    this.look = { paint, kind };
    if (this.points.ok && this.positions) {
      this.points.setOrder(this.order);
      this.points.setLook(paint, kind);
    }
    this.draw();
  }

  draw() {
    if (!this.positions || !this.view || !this.canvas.width) return;
    const ratio = this.canvas.width / this.stage.clientWidth;
    const scaled = { zoom: this.view.zoom * ratio, x: this.view.x * ratio, y: this.view.y * ratio };
    if (this.points.ok) this.points.draw(scaled, this.share, this.pointSize() * ratio);
    else this.drawPlain(ratio);
    drawMarks(this.overlay.getContext("2d"), this.scene(ratio));
  }

  // Few points are drawn larger, many smaller: the map keeps about the same ink.
  pointSize() {
    return 8.5 * Math.min(1.6, Math.max(0.6, (3000 / this.data.classes_of.length) ** 0.2));
  }

  // Without WebGL2: the same points on a plain canvas.
  drawPlain(ratio) {
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.stage.clientWidth, this.stage.clientHeight);
    for (const i of this.order) {
      if (!this.look.kind[2 * i + 1]) continue;
      const [x, y] = this.pixel(i);
      const [red, green, blue, alpha] = this.look.paint.subarray(4 * i, 4 * i + 4);
      context.fillStyle = context.strokeStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
      context.beginPath();
      context.arc(x, y, 3.2, 0, 7);
      if (this.look.kind[2 * i]) context.fill();
      else context.stroke();
    }
  }

  scene(ratio) {
    const { data } = this;
    const style = getComputedStyle(this.root);
    const count = data.classes_of.length;
    const dark = isDark(style.getPropertyValue("--st-background-color"));
    const prototypes = data.prototypes
      .map((mark, k) => ({ ...mark, index: count + k }))
      .filter((mark) => mark.shown && this.positions[2 * mark.index] !== UNPLACED)
      .map((mark) => {
        const [x, y] = this.pixel(mark.index);
        return { ...mark, x, y, trail: this.trail(mark.index) };
      });
    return {
      ratio, prototypes, lasso: this.lasso.map((place) => this.toPixel(place)), show: data.show,
      pointed: this.pointed === undefined || this.pointed === null ? null : at(this.pixel(this.pointed)),
      width: this.stage.clientWidth, height: this.stage.clientHeight,
      font: style.getPropertyValue("--st-font") || "sans-serif",
      colors: { page: style.getPropertyValue("--st-background-color") || "#fff",
        ink: style.getPropertyValue("--st-text-color") || "#151A21", accent: dark ? "#93AEFF" : "#2B55DB" },
    };
  }

  // Places of a prototype at the steps up to the one shown, oldest first.
  trail(index) {
    const places = [];
    for (const step of this.data.steps.slice(0, this.at)) {
      const values = this.files.get(step)?.values;
      if (!values || step < this.data.trail_from) continue;
      if (values[2 * index] !== UNPLACED) places.push(this.toPixel([values[2 * index], values[2 * index + 1]]));
    }
    return places;
  }

  pixel(i) {
    const { from, positions, share } = this;
    const start = from[2 * i] === UNPLACED ? positions : from;
    return this.toPixel([0, 1].map((axis) =>
      start[2 * i + axis] + share * (positions[2 * i + axis] - start[2 * i + axis])));
  }

  toPixel([x, y]) {
    return [x * this.view.zoom + this.view.x, this.view.y - y * this.view.zoom];
  }

  toUnits([x, y]) {
    return [(x - this.view.x) / this.view.zoom, (this.view.y - y) / this.view.zoom];
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth) return;
    const before = this.size;
    this.size = [clientWidth, clientHeight];
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(clientWidth * ratio);
      canvas.height = Math.round(clientHeight * ratio);
    }
    if (this.view && before) {
      this.view.x += (clientWidth - before[0]) / 2;
      this.view.y += (clientHeight - before[1]) / 2;
    } else if (this.positions) this.view = this.fitted(this.positions);
    this.draw();
  }

  fitted(positions) {
    const { clientWidth, clientHeight } = this.stage;
    const axis = (offset) => {
      const values = [];
      for (let i = offset; i < positions.length; i += 2) if (positions[i] !== UNPLACED) values.push(positions[i]);
      values.sort((a, b) => a - b);
      return [values[Math.floor(values.length * 0.002)], values[Math.ceil(values.length * 0.998) - 1]];
    };
    const [left, right] = axis(0), [low, high] = axis(1);
    const zoom = 0.9 * Math.min(clientWidth / Math.max(1, right - left), clientHeight / Math.max(1, high - low));
    return { zoom, x: clientWidth / 2 - zoom * (left + right) / 2, y: clientHeight / 2 + zoom * (low + high) / 2 };
  }

  fit() {
    if (this.positions) this.view = this.fitted(this.positions);
    this.draw();
  }

  zoom(factor, place = [this.stage.clientWidth / 2, this.stage.clientHeight / 2]) {
    const [x, y] = place;
    this.view = { zoom: this.view.zoom * factor, x: x + (this.view.x - x) * factor, y: y + (this.view.y - y) * factor };
    this.draw();
  }

  wheel(event) {
    if (!this.view) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 400), this.place(event));
  }

  place(event) {
    const box = this.overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  press(event) {
    if (!this.view || event.button > 0) return;
    this.root.focus({ preventScroll: true });
    this.overlay.setPointerCapture(event.pointerId);
    const pans = (this.tool === "pan") !== event.shiftKey;
    const begun = this.place(event), view = { ...this.view };
    if (!pans) this.lasso = [this.toUnits(begun)];
    const move = (moved) => {
      const [x, y] = this.place(moved);
      if (pans) this.view = { ...view, x: view.x + x - begun[0], y: view.y + y - begun[1] };
      else this.lasso.push(this.toUnits([x, y]));
      this.draw();
    };
    const end = (ended) => {
      this.overlay.removeEventListener("pointermove", move);
      this.overlay.removeEventListener("pointerup", end);
      const [x, y] = this.place(ended);
      if (Math.hypot(x - begun[0], y - begun[1]) < 3 && this.lasso.length < 4) this.click([x, y]);
      else if (!pans) this.select(this.lasso);
    };
    this.overlay.addEventListener("pointermove", move);
    this.overlay.addEventListener("pointerup", end);
  }

  // A click chooses the point under the pointer by a small ring around it; beside all, nothing.
  click(place) {
    const index = this.nearest(place, 8);
    if (index === null) { this.clear(); return; }
    const [x, y] = this.pixel(index);
    const around = Array.from({ length: 12 }, (_, i) =>
      this.toUnits([x + 2 * Math.cos(i * Math.PI / 6), y + 2 * Math.sin(i * Math.PI / 6)]));
    this.select(around, index);
  }

  // Only the shape travels: the same pixels are found on the other side.
  select(shape, index = null) {
    this.lasso = shape;
    const polygon = shape.map(([x, y]) => [Math.round(x), Math.round(y)]);
    this.tell("selection", { polygon, step: this.shown, point: index });
    this.draw();
  }

  clear() {
    this.lasso = [];
    this.tell("selection", { polygon: [], step: this.shown, point: null });
    this.draw();
  }

  nearest([x, y], within) {
    let best = within ** 2, found = null;
    for (let i = 0; i < this.data.classes_of.length; i++) {
      if (!this.data.shown[i]) continue;
      const [a, b] = this.pixel(i);
      const away = (a - x) ** 2 + (b - y) ** 2;
      if (away < best) { best = away; found = i; }
    }
    return found;
  }

  hover(event) {
    if (!this.positions || event.buttons) return;
    this.point(this.nearest(this.place(event), 8), this.place(event));
  }

  point(index, place) {
    if (index === null || index === undefined) {
      this.tip.hidden = true;
      if (this.pointed !== null) { this.pointed = null; this.draw(); }
      return;
    }
    const { data } = this;
    this.pointed = index;
    this.tip.hidden = false;
    this.tip.replaceChildren(
      h("b", { text: data.names[data.classes_of[index]] ?? "no label" }),
      h("span", { text: `${data.domains[data.domain_of[index]]}, ${data.images[data.image_of[index]]}` }),
      h("span", { text: `predicted ${data.names[data.predicted_of[index]]}, sure ${data.sure_of[index]} %` }));
    const right = place[0] > this.stage.clientWidth - 220;
    Object.assign(this.tip.style, { left: `${place[0] + (right ? -200 : 14)}px`, top: `${place[1] + 14}px` });
    this.draw();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1) event.stopPropagation();
    const actions = {
      ArrowLeft: () => this.go(this.at - 1), ArrowRight: () => this.go(this.at + 1),
      Home: () => this.go(0), End: () => this.go(this.data.steps.length - 1), " ": () => this.play(),
      s: () => this.choose("lasso"), g: () => this.choose("pan"), "+": () => this.zoom(1.4),
      "-": () => this.zoom(1 / 1.4), 0: () => this.fit(), "?": () => this.help(),
      Escape: () => (this.helpBox?.isConnected ? this.help() : this.clear()),
    };
    if (!actions[event.key] || !this.view) return;
    event.stopPropagation();
    event.preventDefault();
    actions[event.key]();
  }

  help() {
    if (this.helpBox?.isConnected) { this.helpBox.remove(); return; }
    this.helpBox = h("div", { class: "help", role: "dialog", "aria-label": "Keys" },
      ...KEYS.map(([key, text]) => h("p", {}, h("kbd", { text: key }), " ", text)));
    this.stage.append(this.helpBox);
  }
}

function at([x, y]) {
  return { x, y };
}

function isDark(color) {
  const parts = /^#(..)(..)(..)/.exec(color.trim())?.slice(1).map((part) => parseInt(part, 16));
  return parts ? parts[0] + parts[1] + parts[2] < 384 : false;
}

// The same order every time: a shuffle by a small generator of its own.
function shuffled(count) {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let state = 12345;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
