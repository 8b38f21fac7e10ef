// @ts-check
// The story: one panel at a time in words and one picture, all of them as cards below.

import { h } from "../shared/dom.js";
import { askedFor, tellLinks } from "../shared/link.js";
import { frameOf, namePresent } from "./around/frame.js";
import { notesOf } from "./around/notes.js";
import { bringIntoSight, cards } from "./around/strip.js";
import { fit, wordsOf } from "./around/words.js";
import { Chosen } from "./chosen.js";
import { Edits } from "./edits/edits.js";
import { followKeys, toggleKeys } from "./keys.js";
import { Memories } from "./memories.js";
import { pictureOf } from "./pictures/kinds.js";
import { Sheets } from "./sheets.js";

/**
 * @typedef {import("./types.js").Context} Context
 * @typedef {import("./types.js").Drawn} Drawn
 * @typedef {import("./types.js").Panel} Panel
 * @typedef {import("./types.js").StoryData} StoryData
 */

/** The story with its cards. */
export class Story {
  /** @type {StoryData} */ data;
  /** @type {Drawn | null} */ picture = null;
  memories = new Memories(askedFor("story"));
  panel = new Chosen(1);
  presenting = new Chosen(false);
  drawnPanel = ""; // what the panel was drawn from
  drawnCards = "";
  hasNotes = false;

  /** @param {import("../shared/component.js").Send} send */
  constructor(send) {
    this.send = send;
    this.frame = frameOf({
      back: () => this.go(this.number - 1),
      next: () => this.go(this.number + 1),
      present: () => this.present(!this.isPresent),
      notes: () => this.toggleNotes(),
      keys: () => toggleKeys(this),
    });
    this.edits = new Edits({
      keep: (edits) => this.send("edits", edits),
      imageOf: (panel) => this.imageOf(panel),
      changed: () => this.showFrame(),
    });
    this.words = h("div", { class: "words", "aria-live": "polite" });
    this.place = h("div", { class: "picture" });
    this.main = h("div", { class: "main" }, this.words, this.place);
    this.strip = h("nav", { class: "strip", "aria-label": "Panels" });
    this.notes = h("aside", { class: "notes", "aria-label": "Speaker's notes", hidden: true });
    const { header, titles, tools, footer } = this.frame;
    titles.append(this.edits.mark, this.edits.trouble);
    tools.prepend(this.edits.open);
    const parts = [header, this.edits.form, this.main, this.strip, this.notes, footer];
    this.page = h("div", { class: "page" }, ...parts);
    this.root = h("section", { class: "story", tabindex: 0, "data-chart": "story" }, this.page);
    this.root.addEventListener("click", (event) => this.letGo(event));
    this.stopKeys = followKeys(this);
    this.stopTelling = tellLinks("story", () => this.memories.state());
    this.sheets = new Sheets(this.root);
    this.watch = new ResizeObserver(() => requestAnimationFrame(() => this.fit()));
    this.watch.observe(this.main);
  }

  /** @param {StoryData} data */
  update(data) {
    const shown = this.data?.panels[this.number - 1].key;
    const before = this.data?.panels.map(({ key }) => key).join();
    const keys = data.panels.map(({ key }) => key);
    this.data = data;
    this.panel.adopt(data.panel);
    this.presenting.adopt(data.present);
    this.render();
    this.print();
    // Where panels were hidden or are back, the one in sight stays.
    if (before && before !== keys.join() && keys.includes(shown)) this.go(keys.indexOf(shown) + 1);
  }

  destroy() {
    this.sheets.destroy();
    this.stopKeys();
    this.stopTelling();
    this.watch.disconnect();
    this.picture?.destroy();
  }

  get isPresent() {
    return this.presenting.value;
  }

  /** The panel shown, from 1. */
  get number() {
    return Math.min(this.data.panels.length, Math.max(1, Math.round(this.panel.value) || 1));
  }

  /**
   * Show a panel; before the first and behind the last nothing happens.
   * @param {number} wanted from 1
   */
  go(wanted) {
    const number = Math.min(this.data.panels.length, Math.max(1, wanted));
    if (number === this.number) return;
    this.panel.choose(number);
    this.send("panel", number);
    this.render();
  }

  /** @param {boolean} on */
  present(on) {
    this.presenting.choose(on);
    this.send("present", on);
    if (!on && document.fullscreenElement === this.root) document.exitFullscreen();
    this.render();
  }

  toggleNotes() {
    this.hasNotes = !this.hasNotes;
    this.render();
  }

  toggleFullScreen() {
    if (document.fullscreenElement) {
      document.exitFullscreen();
      return;
    }
    if (!this.isPresent) this.present(true);
    this.root.requestFullscreen?.().catch(() => {}); // the story covers the window in any case
  }

  // The mouse leaves no focus on a button, where the space bar would press it once more.
  letGo(/** @type {MouseEvent} */ event) {
    const isMouse = event.detail > 0;
    const isButton = event.target instanceof Element && event.target.closest("button");
    if (isMouse && isButton) this.root.focus({ preventScroll: true });
  }

  render() {
    this.showMode();
    this.showFrame();
    this.showCards();
    this.showPanel();
  }

  showMode() {
    const { root, isPresent } = this;
    const wasPresent = root.classList.contains("present");
    root.classList.toggle("present", isPresent);
    root.setAttribute("role", isPresent ? "dialog" : "region");
    root.setAttribute("aria-label", `Story: ${this.data.title}`);
    if (isPresent) root.setAttribute("aria-modal", "true");
    else root.removeAttribute("aria-modal");
    if (isPresent && !wasPresent) root.focus({ preventScroll: true });
  }

  showFrame() {
    const { frame, data, number } = this;
    this.edits.update(data);
    frame.title.textContent = this.edits.words.title;
    frame.summary.textContent = this.edits.words.summary;
    frame.running.textContent = data.running;
    frame.running.hidden = !data.running;
    frame.provenance.textContent = data.footer;
    namePresent(frame.present, this.isPresent);
    frame.notes.setAttribute("aria-pressed", String(this.hasNotes));
    frame.back.disabled = number === 1;
    frame.next.disabled = number === data.panels.length;
    this.strip.hidden = this.hasNotes;
    this.notes.hidden = !this.hasNotes;
    this.notes.replaceChildren(notesOf(data.panels[number - 1].notes));
  }

  /** What decides colours: the palette, and whether the page is light or dark. */
  get look() {
    const { backgroundColor } = getComputedStyle(this.root);
    return [this.data.palette, this.data.classes, backgroundColor];
  }

  showCards() {
    const { data, number } = this;
    const parts = data.panels.map(({ kicker, card, picture }) => [kicker, card, picture]);
    const wanted = JSON.stringify([parts, this.look]);
    if (wanted !== this.drawnCards) {
      this.strip.replaceChildren(...cards(data, (chosen) => this.go(chosen)));
    }
    this.drawnCards = wanted;
    for (const card of this.strip.children) {
      const isShown = card.getAttribute("data-card") === String(number);
      card.setAttribute("aria-current", isShown ? "step" : "false");
      if (isShown) bringIntoSight(this.strip, card);
    }
  }

  // Draw anew only what differs, so that a wipe in use is left alone while a run goes on.
  showPanel() {
    const { data, number } = this;
    const panel = data.panels[number - 1];
    const place = `${number} of ${data.panels.length}`;
    const wanted = JSON.stringify([place, panel, this.look]);
    if (wanted === this.drawnPanel) return;
    this.drawnPanel = wanted;
    this.root.dataset.panel = String(number);
    delete this.root.dataset.drawn;
    this.words.replaceChildren(...wordsOf(panel, place));
    this.picture?.destroy();
    this.picture = pictureOf(panel.picture, this.contextOf(panel));
    this.place.replaceChildren(...(this.picture ? [this.picture.element] : []));
    this.main.classList.toggle("alone", !this.picture);
    this.fit();
    Promise.resolve(this.picture?.ready).then(() => {
      if (this.drawnPanel === wanted) this.root.dataset.drawn = `${number} ${panel.key}`;
    });
  }

  /** Have the pages for a printer follow what is shown. */
  print() {
    this.sheets.update(this.data, (panel) => this.imageOf(panel));
  }

  /**
   * Return which image is shown in a panel.
   * @param {Panel} panel
   */
  imageOf(panel) {
    return this.memories.of(panel).image.value;
  }

  fit() {
    fit(this.page, { main: this.main, words: this.words, picture: this.place });
  }

  /**
   * @param {Panel} panel
   * @returns {Context}
   */
  contextOf(panel) {
    const { key } = panel;
    const choose = (/** @type {string} */ image) => {
      this.memories.of(panel).image.choose(image);
      this.send("image", { panel: key, key: image });
      this.print();
    };
    return { data: this.data, memory: this.memories.of(panel), choose };
  }
}
