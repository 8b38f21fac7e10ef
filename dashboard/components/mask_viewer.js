// The mask viewer: wipe, side by side or single, over exact class ids coloured in the browser.

import { field, h, segmented } from "./mask_dom.js";
import { Picture, NAMES, choicesOf, classEntries, layerLabel, layersOf } from "./mask_layers.js";
import { drawPane } from "./mask_paint.js";
import { panel } from "./mask_panel.js";
import { Stage } from "./mask_stage.js";
import { Strip, pairs } from "./mask_strip.js";
import { STYLE } from "./mask_style.js";

const MODES = [
  { value: "wipe", label: "Wipe" },
  { value: "side", label: "Side by side" },
  { value: "single", label: "Single" },
];
const KEYS = [
  ["← →", "previous and next image"], ["Home End", "first and last image"],
  ["[ ]", "move the wipe by 5 %"], ["1 to 6", "layer on the right, with Shift on the left"],
  ["+ - 0", "zoom in, out, fit"], ["Ctrl wheel", "zoom at the pointer; drag moves"],
  ["?", "this list"], ["Esc", "close this list, then fit"],
];
const UNSURE = { id: 255, name: "not labelled", color: "#8C929C" };
// Kept while the page lives, so that changing pages and coming back finds everything as it was.
const settings = {
  mode: "wipe", left: "before", right: "after", opacity: 0.65, brightness: 1, borders: true,
  patterns: null, wipe: 50, tab: null, domain: null,
};
const viewers = new WeakMap();

export default function mount(component) {
  const { parentElement } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, new Viewer(parentElement));
  viewers.get(parentElement).update(component);
}

class Viewer {
  constructor(parent) {
    this.root = h("div", { class: "viewer", tabindex: 0, role: "group", "aria-label": "Mask viewer",
      "data-chart": "mask-viewer", onkeydown: (event) => this.key(event) });
    parent.replaceChildren(h("style", { text: STYLE }), this.root);
    this.hidden = new Set();
    this.listenToPage();
  }

  update(component) {
    const { data } = component;
    this.tell = (name, value) => component.setTriggerValue(name, value);
    this.root.dataset.step = data.step;
    this.root.dataset.points = data.images.length;
    this.data = data;
    if (data.mode === "strip") this.updateStrip();
    else this.updateViewer();
  }

  updateStrip() {
    const signature = JSON.stringify(this.data);
    if (signature === this.signature) return;
    this.signature = signature;
    this.root.classList.add("strip-mode");
    this.root.replaceChildren(pairs(this.data, (key) => this.tell("open", key)));
  }

  updateViewer() {
    this.build();
    this.adoptImage();
    this.adoptClasses();
    const signature = JSON.stringify([this.data.palette, this.data.classes]);
    if (signature !== this.colours) this.picture?.forget();
    this.colours = signature;
    this.refresh();
  }

  build() {
    if (this.stage) return;
    this.stage = new Stage({
      look: () => ({ ...settings, patterns: this.patterns() }),
      moved: (share) => (settings.wipe = share),
      name: (id) => classEntries(this.data)[id] ?? UNSURE,
    });
    this.strip = new Strip({
      choose: (key) => this.choose(key),
      tab: (name) => this.set({ tab: name }),
      domain: (name) => this.chooseDomain(name),
    });
    this.toolbar = h("div", { class: "toolbar" });
    this.rail = h("div", { class: "rail", role: "group", "aria-label": "Layers" });
    this.side = h("div");
    this.root.replaceChildren(this.toolbar,
      h("div", { class: "body" }, h("div", { class: "work" }, this.stage.element, this.rail), this.side),
      this.strip.element);
  }

  // Take the image of the page, unless it is an answer to an older click than the last one.
  adoptImage() {
    if (this.pending && this.pending !== this.data.image && this.find(this.pending)) return;
    this.pending = null;
    const keep = this.data.image === this.given && this.find(this.key_);
    this.given = this.data.image;
    if (!keep) this.key_ = this.data.image;
    settings.domain = this.image.domain;
  }

  adoptClasses() {
    const shown = JSON.stringify(this.data.shown);
    if (shown === this.shown) return;
    this.shown = shown;
    const named = new Set(this.data.shown);
    this.hidden = new Set(this.data.classes.filter((c) => named.size && !named.has(c.name)).map((c) => c.id));
    this.picture?.forget();
  }

  find(key) {
    return this.data.images.find((image) => image.key === key);
  }

  get image() {
    return this.find(this.key_) ?? this.data.images[0];
  }

  get order() {
    return this.data.orders[settings.domain];
  }

  get tab() {
    return this.order[settings.tab] ? settings.tab : Object.keys(this.order)[0];
  }

  patterns() {
    return settings.patterns ?? (this.data.palette === "safe" && this.data.classes.length > 11);
  }

  // Return the layers of both sides, each one that exists for this image.
  sides() {
    const possible = choicesOf(this.data, this.image).map(({ value }) => value);
    const first = (...names) => names.find((name) => possible.includes(name));
    return {
      left: first(settings.left, "before", "truth", "input"),
      right: first(settings.right, "after"),
    };
  }

  set(changes) {
    Object.assign(settings, changes);
    this.refresh();
  }

  choose(key) {
    if (!key || key === this.key_) return;
    this.key_ = key;
    this.pending = key;
    this.tell("image", key);
    this.refresh();
  }

  chooseDomain(name) {
    settings.domain = name;
    this.choose(this.data.orders[name][this.tab][0] ?? this.data.orders[name].all[0]);
  }

  step(offset) {
    const keys = this.order[this.tab];
    const at = keys.indexOf(this.key_);
    const next = at < 0 ? 0 : at + offset;
    this.choose(keys[Math.min(keys.length - 1, Math.max(0, next))]);
  }

  async refresh() {
    this.drawToolbar();
    this.strip.show(this.data, { image: this.key_, tab: this.tab, domain: settings.domain });
    this.drawPanel();
    const { data, image } = this;
    const steps = Object.values(this.sides()).filter((name) => name.startsWith("step:"))
      .map((name) => Number(name.slice(5)));
    const wanted = JSON.stringify([data.base, data.step, data.before, image.key, steps]);
    if (wanted !== this.loaded || !this.picture) {
      const picture = await this.load(data, image, steps, wanted);
      if (!picture) return;
      this.picture = picture;
      this.loaded = wanted;
    }
    this.picture.data = data;
    this.picture.image = this.image;
    this.drawStage();
    this.drawRail();
  }

  async load(data, image, steps, wanted) {
    this.wanted = wanted;
    try {
      const picture = await Picture.load(data, image, steps);
      return this.wanted === wanted ? picture : null;
    } catch (error) {
      if (this.wanted === wanted) {
        this.loaded = null;
        this.stage.say(`The masks of ${image.name} at step ${data.step} cannot be shown: ${error.message}.`);
      }
      return null;
    }
  }

  drawStage() {
    const sides = this.sides();
    const side = (name) => ({
      layer: this.picture.layer(name, this.hidden),
      chip: this.chip(name),
      label: `${layerLabel(this.data, name)}: ${this.image.name}`,
    });
    this.stage.show(this.picture, { left: side(sides.left), right: side(sides.right) });
    this.root.dataset.image = this.key_;
    this.root.dataset.drawn = `${this.key_} ${this.data.step} ${sides.left} ${sides.right}`;
  }

  chip(name) {
    const score = { before: this.image.before, after: this.image.after }[name];
    const title = name === "after" && this.data.before === null ? "Now" : NAMES[name];
    if (!title) return [layerLabel(this.data, name), ""];
    return score === null || score === undefined ? [title, ""] : [title, score.toFixed(1), " mIoU"];
  }

  drawToolbar() {
    const choices = choicesOf(this.data, this.image);
    const signature = JSON.stringify([choices, this.sides(), settings.mode, this.data.palette]);
    if (signature === this.tools) return;
    this.tools = signature;
    const single = settings.mode === "single";
    this.toolbar.replaceChildren(
      field("View", segmented("View", MODES, settings.mode, (mode) => this.set({ mode }))),
      ...(single ? [] : [this.list("Left", "left", choices)]),
      this.list(single ? "Layer" : "Right", "right", choices),
      this.slider("Mask opacity", "opacity", { min: 0, max: 1, step: 0.05 }, (v) => `${Math.round(v * 100)} %`),
      this.slider("Brighten photo", "brightness", { min: 1, max: 4, step: 0.1 }, (v) => `${v.toFixed(1)} ×`),
      this.check("Class borders", settings.borders, (on) => (settings.borders = on)),
      this.check("Patterns", this.patterns(), (on) => { settings.patterns = on; this.drawPanel(); }));
  }

  list(label, side, choices) {
    const chosen = this.sides()[side];
    return field(label, h("select", { onchange: (event) => this.set({ [side]: event.target.value }) },
      ...choices.map(({ value, label: text }) => h("option", { value, text, selected: value === chosen }))));
  }

  slider(label, name, range, text) {
    const control = h("input", { type: "range", ...range, value: settings[name] });
    const element = field(label, control, text(settings[name]));
    control.addEventListener("input", () => {
      settings[name] = Number(control.value);
      element.querySelector("output").textContent = text(settings[name]);
      this.stage.draw();
    });
    return element;
  }

  check(label, on, change) {
    const box = h("input", { type: "checkbox", checked: on });
    box.addEventListener("change", () => { change(box.checked); this.stage.draw(); });
    return h("label", { class: "check" }, box, label);
  }

  drawRail() {
    const shown = Object.values(this.sides());
    this.rail.replaceChildren(...layersOf(this.data, this.image)
      .filter((name) => name !== "confidence" || this.picture.planes.sureAfter)
      .map((name) => this.thumb(name, shown.includes(name))));
  }

  thumb(name, on) {
    const { size } = this.picture;
    const canvas = h("canvas", { "aria-hidden": "true" });
    canvas.width = 208;
    canvas.height = Math.round((208 * size.height) / size.width);
    drawPane(canvas, { photo: this.picture.photo(settings.brightness), size,
      layer: this.picture.layer(name, this.hidden), view: { zoom: 1, x: 0, y: 0 },
      look: { opacity: 0.85, borders: false, patterns: name === "change", pixelRatio: 2 } });
    const title = name === "after" && this.data.before === null ? "Now" : NAMES[name];
    return h("button", { type: "button", class: "layer", "data-layer": name, "aria-pressed": String(on),
      title: "Click shows this layer on the right, with Shift on the left",
      onclick: (event) => this.set({ [event.shiftKey ? "left" : "right"]: name }) }, canvas,
    h("span", {}, title, h("i", { text: Object.keys(NAMES).indexOf(name) + 1 })));
  }

  drawPanel() {
    const focused = this.root.getRootNode().activeElement?.dataset?.class;
    this.side.replaceChildren(panel({
      image: this.image, detail: this.data.detail, entries: classEntries(this.data),
      hidden: this.hidden, patterns: this.patterns(),
      toggle: (id, clicks) => clicks < 2 && this.show((hidden) => hidden.has(id) ? hidden.delete(id) : hidden.add(id)),
      isolate: (id) => this.isolate(id),
    }));
    if (focused) this.side.querySelector(`[data-class="${focused}"]`)?.focus();
  }

  isolate(id) {
    const only = this.lone === id;
    this.lone = only ? null : id;
    this.show((hidden) => {
      hidden.clear();
      if (!only) this.data.classes.forEach((info) => info.id !== id && hidden.add(info.id));
    });
  }

  show(change) {
    change(this.hidden);
    const names = this.data.classes.filter((info) => !this.hidden.has(info.id)).map((info) => info.name);
    this.tell("classes", names.length === this.data.classes.length ? [] : names);
    this.picture?.forget();
    this.refresh();
  }

  // Arrow keys work on the page, too, as long as nothing else has the focus.
  listenToPage() {
    const stop = new AbortController();
    document.addEventListener("keydown", (event) => {
      if (!this.root.isConnected) stop.abort();
      else if (document.activeElement === document.body && event.key.startsWith("Arrow")) this.key(event);
    }, { signal: stop.signal });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.stage) return;
    if (event.key.length === 1) event.stopPropagation();
    const typing = event.composedPath()[0].matches?.("input[type=range], select, input[type=checkbox]");
    const act = this.actions(typing)[event.key] ?? this.layerKey(event);
    if (!act) return;
    event.stopPropagation();
    event.preventDefault();
    act();
  }

  actions(typing) {
    const last = this.order[this.tab].length;
    const moves = typing ? {} : {
      ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1),
      Home: () => this.step(-last), End: () => this.step(last),
    };
    return {
      ...moves,
      "[": () => this.stage.wipe(settings.wipe - 5), "]": () => this.stage.wipe(settings.wipe + 5),
      "+": () => this.stage.zoom(1.5), "-": () => this.stage.zoom(1 / 1.5), 0: () => this.stage.fit(),
      "?": () => this.help(), Escape: () => (this.helpBox?.isConnected ? this.help() : this.stage.fit()),
    };
  }

  layerKey(event) {
    const number = /^Digit([1-6])$/.exec(event.code)?.[1];
    const name = Object.keys(NAMES)[Number(number) - 1];
    if (!name || !layersOf(this.data, this.image).includes(name)) return null;
    return () => this.set({ [event.shiftKey ? "left" : "right"]: name });
  }

  help() {
    if (this.helpBox?.isConnected) {
      this.helpBox.remove();
      return;
    }
    this.helpBox = h("div", { class: "help", role: "dialog", "aria-label": "Keys" },
      ...KEYS.map(([key, text]) => h("p", {}, h("kbd", { text: key }), " ", text)));
    this.stage.element.append(this.helpBox);
  }
}
