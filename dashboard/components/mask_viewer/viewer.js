// @ts-check
// The mask viewer: wipe, side by side or single, over exact class ids coloured in the browser.

import { classEntries } from "../label_maps/entries.js";
import { h } from "../shared/dom.js";
import { toggleFullScreen } from "../shared/keys.js";
import { askedFor, tellLinks } from "../shared/link.js";
import { followKeys } from "./keys.js";
import { panel, replacePanel } from "./panels/panel.js";
import { Strip } from "./panels/strip.js";
import { chipOf, rail, toolbar } from "./panels/tools.js";
import { VisibleClasses } from "./panels/visible_classes.js";
import { savePicture, saveScores } from "./saving.js";
import { hasPatterns, settings, settingsOf, sidesOf, stepsIn, tabOf } from "./settings.js";
import { choicesOf, layerLabel } from "./stage/layers.js";
import { Picture } from "./stage/picture.js";
import { Stage } from "./stage/stage.js";
import { viewOf } from "./stage/view.js";

/**
 * @typedef {import("./types.js").MaskData} MaskData
 * @typedef {import("./types.js").Settings} Settings
 */

const UNLABELLED = { id: 255, name: "not labelled", color: "#8C929C", pattern: "plain" };
/** The viewer with its toolbar, strip and panel. */
export class Viewer {
  /** @type {MaskData} */ data;
  key = ""; // of the image shown
  /** @type {string | null} */ pending = null; // the image the page was told of and has not said yet
  /** @type {Picture | null} */ picture = null;
  visible = new VisibleClasses();
  wanted = ""; // the planes asked for last
  colors = ""; // what the picture was painted with
  tools = ""; // what the toolbar was built for

  /** @param {import("../shared/component.js").Send} send */
  constructor(send) {
    this.send = send;
    this.stage = new Stage({
      look: () => ({ ...settings, patterns: this.patterns }),
      moved: (share) => {
        settings.wipe = share;
      },
      entryOf: (id) => classEntries(this.data)[id] ?? UNLABELLED,
      fullScreen: () => toggleFullScreen(this.root),
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
    const body = h("div", { class: "body" }, work, this.strip.element, this.side);
    const label = { role: "group", "aria-label": "Mask viewer", "data-chart": "mask-viewer" };
    this.root = h("div", { class: "viewer", tabindex: 0, ...label }, this.toolbar, body);
    this.stopKeys = followKeys(this);
    const { view, ...asked } = askedFor("masks");
    Object.assign(settings, settingsOf(asked));
    this.askedView = view;
    this.stopTelling = tellLinks("masks", () => {
      const { zoom, x, y } = this.stage.view;
      return { ...settings, ...(zoom > 1 && { view: [zoom, x, y].map(rounded) }) };
    });
  }

  /** @param {MaskData} data */
  update(data) {
    this.data = data;
    this.root.dataset.step = String(data.step);
    this.root.dataset.points = String(data.images.length);
    this.adoptImage();
    const colors = JSON.stringify([data.palette, data.classes]);
    const areOthers = this.visible.adopt(data.classes, data.shown);
    if (areOthers || colors !== this.colors) this.picture?.forget();
    this.colors = colors;
    return this.refresh();
  }

  destroy() {
    this.stopKeys();
    this.stopTelling();
    this.stage.destroy();
    this.strip.destroy();
  }

  // Take the image of the page, unless it answers an older click than the last one.
  adoptImage() {
    if (this.pending && this.pending !== this.data.image && this.find(this.pending)) return;
    this.pending = null;
    this.key = this.data.image;
    settings.domain = this.image.domain;
  }

  /** @param {string} key */
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
    return tabOf(this.tabs);
  }

  get patterns() {
    return hasPatterns(this.data);
  }

  get sides() {
    return sidesOf(this.data, this.image);
  }

  /** @param {Partial<Settings>} changes */
  set(changes) {
    Object.assign(settings, changes);
    this.refresh();
  }

  /** @param {string | undefined} key */
  choose(key) {
    if (!key || key === this.key) return;
    this.key = this.pending = key;
    settings.domain = this.image.domain;
    this.send("image", key);
    this.refresh();
  }

  /** @param {string} name */
  chooseDomain(name) {
    const { [this.tab]: preferred = [], all } = this.data.orders[name];
    this.choose(preferred[0] ?? all[0]);
  }

  /**
   * Go along the strip and stay within it.
   * @param {number} offset in images
   */
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
    const picture = await this.loadPicture();
    if (!picture) return;
    this.drawStage(picture);
    const { left, right } = this.sides;
    this.rail.replaceChildren(
      ...rail({
        picture,
        data: this.data,
        shown: [left, right],
        hidden: this.visible.hidden,
        brightness: settings.brightness,
        choose: (side, name) => this.set({ [side]: name }),
      }),
    );
  }

  /** Return the picture of the image chosen; null if it failed or another came in between. */
  async loadPicture() {
    const { data, image } = this;
    const steps = stepsIn(this.sides);
    const wanted = JSON.stringify([
      ...[data.base, data.step, data.others?.base, data.before],
      ...[image.key, steps],
    ]);
    this.wanted = wanted;
    if (this.picture?.wanted !== wanted) {
      const picture = await Picture.load(data, image, steps).catch((/** @type {Error} */ e) => e);
      if (this.wanted !== wanted) return null;
      if (picture instanceof Error) return this.fail(picture);
      this.picture = Object.assign(picture, { wanted });
    }
    this.picture.data = this.data;
    this.picture.image = this.image;
    return this.picture;
  }

  /** @param {Error} error */
  fail(error) {
    const what = `The masks of ${this.image.name} at step ${this.data.step}`;
    this.picture = null;
    this.rail.replaceChildren();
    this.stage.say(`${what} cannot be shown: ${error.message}.`);
    return null;
  }

  /** @param {Picture} picture */
  drawStage(picture) {
    const { left, right } = this.sides;
    const side = (/** @type {string} */ name) => ({
      layer: picture.layer(name, this.visible.hidden),
      chip: chipOf(this.data, this.image, name),
      label: `${layerLabel(this.data, name)}: ${this.image.name}`,
    });
    const mark = this.key === this.data.image ? this.data.mark : null;
    this.stage.show(picture, { left: side(left), right: side(right) }, mark);
    this.root.dataset.mark = mark ? `${mark.row},${mark.column}` : "";
    if (this.askedView) this.stage.lookAt(viewOf(this.askedView, picture.size));
    this.askedView = null;
    this.root.dataset.drawn = `${this.key} ${this.data.step} ${left} ${right}`;
  }

  // Build the controls anew only when they differ, so that a slider in use is left alone.
  drawToolbar() {
    const choices = choicesOf(this.data, this.image);
    const signature = JSON.stringify([choices, this.sides, settings.mode, this.patterns]);
    if (signature === this.tools) return;
    this.tools = signature;
    const hadFocus = this.toolbar.contains(document.activeElement);
    this.toolbar.replaceChildren(
      ...toolbar({
        settings,
        choices,
        sides: this.sides,
        patterns: this.patterns,
        set: (changes) => this.set(changes),
        savePicture: () => savePicture(this.stage.element, this.image, this.data.step),
        saveScores: () => saveScores(this.data),
        touch: (changes) => {
          Object.assign(settings, changes);
          this.stage.draw();
          if ("patterns" in changes) this.drawPanel();
        },
      }),
    );
    if (hadFocus) this.root.focus({ preventScroll: true });
  }

  drawPanel() {
    const active = document.activeElement;
    const focused = this.side.contains(active) ? active?.getAttribute("data-class") : null;
    replacePanel(
      this.side,
      panel({
        image: this.image,
        detail: this.data.detail,
        changes: this.data.others?.changes,
        entries: classEntries(this.data),
        hidden: this.visible.hidden,
        patterns: this.patterns,
        toggle: (id) => this.showClasses(() => this.visible.toggle(id)),
        isolate: (id) => this.showClasses(() => this.visible.isolate(id)),
      }),
    );
    if (!focused) return;
    const same = this.side.querySelector(`[data-class="${focused}"]`);
    if (same instanceof HTMLElement) same.focus();
  }

  /** @param {() => void} change of the visible classes */
  showClasses(change) {
    change();
    this.send("classes", this.visible.tell());
    this.picture?.forget();
    this.refresh();
  }
}

/** @param {number} value */
function rounded(value) {
  return Math.round(100 * value) / 100;
}
