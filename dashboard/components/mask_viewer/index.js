// The mask viewer: wipe, side by side or single, over exact class ids coloured in the browser.

import { h } from "../shared/dom.js";
import { listen } from "./keys.js";
import { choicesOf, classEntries, layerLabel, Picture } from "./layers.js";
import { panel } from "./panel.js";
import { Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { STYLE } from "./style.js";
import { layerTitle, rail, toolbar } from "./tools.js";

const UNLABELLED = { id: 255, name: "not labelled", color: "#8C929C" };
const MANY_CLASSES = 11;
// Kept while the page lives, so that changing pages and coming back finds everything as it was.
const settings = {
  mode: "wipe",
  left: "before",
  right: "after",
  opacity: 0.65,
  brightness: 1,
  borders: true,
  patterns: null,
  wipe: 50,
  tab: null,
  domain: null,
};
const viewers = new WeakMap();

export default function mount(component) {
  const { parentElement } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, new Viewer(parentElement));
  viewers.get(parentElement).update(component);
}

class Viewer {
  constructor(parent) {
    this.hidden = new Set();
    this.stage = new Stage({
      look: () => ({ ...settings, patterns: this.patterns }),
      moved: (share) => (settings.wipe = share),
      name: (id) => classEntries(this.data)[id] ?? UNLABELLED,
    });
    this.strip = new Strip({
      choose: (key) => this.choose(key),
      tab: (tab) => this.set({ tab }),
      domain: (name) => this.chooseDomain(name),
    });
    this.toolbar = h("div", { class: "toolbar" });
    this.rail = h("div", { class: "rail", role: "group", "aria-label": "Layers" });
    this.side = h("div", { class: "beside" });
    const work = h("div", { class: "work" }, this.stage.element, this.rail);
    this.root = h(
      "div",
      {
        class: "viewer",
        tabindex: 0,
        role: "group",
        "aria-label": "Mask viewer",
        "data-chart": "mask-viewer",
      },
      this.toolbar,
      h("div", { class: "body" }, work, this.strip.element, this.side),
    );
    parent.replaceChildren(h("style", { text: STYLE }), this.root);
    listen(this);
  }

  // Take new data of the page; what a person set here stays.
  update(component) {
    this.data = component.data;
    this.tell = (name, value) => component.setTriggerValue(name, value);
    this.root.dataset.step = this.data.step;
    this.root.dataset.points = this.data.images.length;
    this.adoptImage();
    this.adoptClasses();
    const colours = JSON.stringify([this.data.palette, this.data.classes]);
    if (colours !== this.colours) this.picture?.forget();
    this.colours = colours;
    this.refresh();
  }

  // Take the image of the page, unless it answers an older click than the last one.
  adoptImage() {
    if (this.pending && this.pending !== this.data.image && this.find(this.pending)) return;
    this.pending = null;
    this.key = this.data.image;
    settings.domain = this.image.domain;
  }

  adoptClasses() {
    const shown = JSON.stringify(this.data.shown);
    if (shown === this.shown || (this.asked && this.asked !== shown)) return;
    this.asked = null;
    this.shown = shown;
    const named = new Set(this.data.shown);
    const hidden = this.data.classes.filter((info) => named.size && !named.has(info.name));
    this.hidden = new Set(hidden.map((info) => info.id));
    this.picture?.forget();
  }

  find(key) {
    return this.data.images.find((image) => image.key === key);
  }

  get image() {
    return this.find(this.key) ?? this.data.images[0];
  }

  get tabs() {
    return this.data.orders[settings.domain];
  }

  get tab() {
    return this.tabs[settings.tab] ? settings.tab : Object.keys(this.tabs)[0];
  }

  get patterns() {
    const needed = this.data.palette === "safe" && this.data.classes.length > MANY_CLASSES;
    return settings.patterns ?? needed;
  }

  // Return the layers of both sides, each one that exists for this image.
  get sides() {
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
    if (!key || key === this.key) return;
    this.key = this.pending = key;
    settings.domain = this.image.domain;
    this.tell("image", key);
    this.refresh();
  }

  chooseDomain(name) {
    const { [this.tab]: preferred = [], all } = this.data.orders[name];
    this.choose(preferred[0] ?? all[0]);
  }

  // Go `offset` images along the strip and stay within it.
  step(offset) {
    const keys = this.tabs[this.tab];
    const at = keys.indexOf(this.key);
    const next = at < 0 ? 0 : at + offset;
    this.choose(keys[Math.min(keys.length - 1, Math.max(0, next))]);
  }

  async refresh() {
    this.drawToolbar();
    this.strip.show(this.data, { image: this.key, tab: this.tab, domain: settings.domain });
    this.drawPanel();
    if (!(await this.loadPicture())) return;
    this.drawStage();
    this.rail.replaceChildren(
      ...rail({
        picture: this.picture,
        data: this.data,
        shown: Object.values(this.sides),
        hidden: this.hidden,
        brightness: settings.brightness,
        choose: (side, name) => this.set({ [side]: name }),
      }),
    );
  }

  // Return whether the picture of the image chosen is there; false if another came in between.
  async loadPicture() {
    const { data, image } = this;
    const steps = Object.values(this.sides)
      .filter((name) => name.startsWith("step:"))
      .map((name) => Number(name.slice(5)));
    const wanted = JSON.stringify([data.base, data.step, data.before, image.key, steps]);
    this.wanted = wanted;
    if (this.picture?.wanted !== wanted) {
      const picture = await Picture.load(data, image, steps).catch((error) => error);
      if (this.wanted !== wanted) return false;
      if (picture instanceof Error) return this.fail(picture);
      this.picture = Object.assign(picture, { wanted });
    }
    Object.assign(this.picture, { data: this.data, image: this.image });
    return true;
  }

  fail(error) {
    const { image, data } = this;
    this.picture = null;
    this.rail.replaceChildren();
    this.stage.say(
      `The masks of ${image.name} at step ${data.step} cannot be shown: ${error.message}.`,
    );
    return false;
  }

  drawStage() {
    const { sides } = this;
    const side = (name) => ({
      layer: this.picture.layer(name, this.hidden),
      chip: this.chip(name),
      label: `${layerLabel(this.data, name)}: ${this.image.name}`,
    });
    this.stage.show(this.picture, { left: side(sides.left), right: side(sides.right) });
    this.root.dataset.drawn = `${this.key} ${this.data.step} ${sides.left} ${sides.right}`;
  }

  chip(name) {
    const score = { before: this.image.before, after: this.image.after }[name] ?? null;
    const title = layerTitle(this.data, name) ?? layerLabel(this.data, name);
    return score === null ? [title, ""] : [title, score.toFixed(1), " mIoU"];
  }

  // Build the controls anew only when they differ, so that a slider in use is left alone.
  drawToolbar() {
    const choices = choicesOf(this.data, this.image);
    const signature = JSON.stringify([choices, this.sides, settings.mode, this.patterns]);
    if (signature === this.tools) return;
    this.tools = signature;
    const focused = this.toolbar.contains(document.activeElement);
    this.toolbar.replaceChildren(
      ...toolbar({
        settings,
        choices,
        sides: this.sides,
        patterns: this.patterns,
        set: (changes) => this.set(changes),
        touch: (changes) => {
          Object.assign(settings, changes);
          this.stage.draw();
          if ("patterns" in changes) this.drawPanel();
        },
      }),
    );
    if (focused) this.root.focus({ preventScroll: true });
  }

  drawPanel() {
    const focused = document.activeElement?.dataset?.class;
    this.side.replaceChildren(
      panel({
        image: this.image,
        detail: this.data.detail,
        entries: classEntries(this.data),
        hidden: this.hidden,
        patterns: this.patterns,
        toggle: (id) => this.show((ids) => (ids.delete(id) ? null : ids.add(id))),
        isolate: (id) => this.isolate(id),
      }),
    );
    if (focused) this.side.querySelector(`[data-class="${focused}"]`)?.focus();
  }

  // Show only class `id`; all, if it was alone (the first of two clicks has just hidden it).
  isolate(id) {
    const wasAlone = this.hidden.size === this.data.classes.length;
    this.show((ids) => {
      ids.clear();
      if (!wasAlone) this.data.classes.forEach((info) => info.id !== id && ids.add(info.id));
    });
  }

  show(change) {
    change(this.hidden);
    const names = this.data.classes
      .filter((info) => !this.hidden.has(info.id))
      .map((info) => info.name);
    const told = names.length === this.data.classes.length ? [] : names;
    this.shown = this.asked = JSON.stringify(told);
    this.tell("classes", told);
    this.picture?.forget();
    this.refresh();
  }
}
