// @ts-check
// The story on paper, a page for each panel. Pictures load too slowly for somebody who has just
// asked to print, so the pages are made ahead of time, where nobody sees them on the screen.

import { h } from "../shared/dom.js";
import { logo } from "./around/frame.js";
import { fit, wordsOf } from "./around/words.js";
import { Chosen } from "./chosen.js";
import { STYLE } from "./looks/style.js";
import { pictureOf } from "./pictures/kinds.js";

/**
 * @typedef {import("./types.js").Drawn} Drawn
 * @typedef {import("./types.js").Panel} Panel
 * @typedef {import("./types.js").StoryData} StoryData
 * @typedef {(panel: Panel) => string} ImageOf which image somebody looks at in a panel
 */

const FIRST = 1500; // milliseconds until pages are made
const AGAIN = 10_000; // and until they are made anew while a run goes on

/** Five pages that only a printer sees, kept beside everything else on the page. */
export class Sheets {
  made = ""; // what the pages were made from
  timer = 0; // of the next pages; 0: none are due
  /** @type {{ data: StoryData, imageOf: ImageOf } | null} */ newest = null;
  /** @type {Drawn[]} */ pictures = [];

  /** @param {HTMLElement} root of the story, which is printed only while it is seen */
  constructor(root) {
    this.root = root;
    this.paper = h("section", { class: "story sheets" });
    this.element = h("div", { class: "story-sheets", "aria-hidden": "true" });
    const shadow = this.element.attachShadow({ mode: "closed" }); // nobody finds two of each word
    shadow.append(h("style", { text: STYLE }), this.paper);
    this.stop = new AbortController();
    addEventListener("beforeprint", () => this.show(), { signal: this.stop.signal });
  }

  /**
   * Make the pages from this, or from what is newer by then, in a moment.
   * @param {StoryData} data
   * @param {ImageOf} imageOf
   */
  update(data, imageOf) {
    this.newest = { data, imageOf };
    if (this.timer) return;
    const wait = this.made && data.running ? AGAIN : FIRST;
    this.timer = setTimeout(() => this.makeNewest(), wait);
  }

  makeNewest() {
    this.timer = 0;
    if (!this.newest) return;
    const { data, imageOf } = this.newest;
    if (document.hidden) this.update(data, imageOf);
    else this.make(data, imageOf);
  }

  destroy() {
    clearTimeout(this.timer);
    this.stop.abort();
    this.clear();
    this.element.remove();
  }

  clear() {
    for (const picture of this.pictures) picture.destroy();
    this.pictures = [];
  }

  show() {
    if (matchMedia("print").matches) return; // the story itself is hidden by then
    this.element.toggleAttribute("data-ready", this.made !== "" && this.root.checkVisibility());
  }

  /**
   * @param {StoryData} data
   * @param {ImageOf} imageOf
   */
  async make(data, imageOf) {
    const { panel: _, present: __, ...told } = data;
    const wanted = JSON.stringify([told, data.panels.map(imageOf)]);
    if (wanted === this.made) return;
    this.made = wanted;
    if (!this.element.isConnected) document.body.prepend(this.element);
    this.element.style.setProperty("--st-font", getComputedStyle(this.root).fontFamily);
    this.clear();
    const pages = data.panels.map((one, i) => pageOf(data, i, imageOf(one)));
    this.pictures = pages.flatMap(({ picture }) => (picture ? [picture] : []));
    this.paper.replaceChildren(...pages.map(({ page }) => page));
    for (const { page, parts } of pages) fit(page, parts);
    await Promise.all(this.pictures.map((picture) => picture.ready));
    if (this.made !== wanted) return;
    for (const { page, parts } of pages) fit(page, parts); // a picture may need more room than none
    this.show();
    this.root.dataset.sheets = String(1 + Number(this.root.dataset.sheets ?? 0));
  }
}

/**
 * Return the page of a panel.
 * @param {StoryData} data
 * @param {number} i the panel, from 0
 * @param {string} image
 */
function pageOf(data, i, image) {
  const panel = data.panels[i];
  const memory = { share: 50, moved: true, image: new Chosen(image), truth: false };
  const picture = pictureOf(panel.picture, { data, memory, choose: () => {} });
  const words = h(
    "div",
    { class: "words" },
    ...wordsOf(panel, `${i + 1} of ${data.panels.length}`),
  );
  const place = h("div", { class: "picture" }, picture?.element);
  const main = h("div", { class: picture ? "main" : "main alone" }, words, place);
  const titles = h(
    "div",
    { class: "titles" },
    h("p", { class: "title", text: data.title }),
    h("p", { class: "summary", text: data.summary }),
    data.edits?.said ? h("p", { class: "edited", text: data.edits.said }) : null,
  );
  const running = data.running ? h("p", { class: "running", text: data.running }) : null;
  const header = h("header", {}, logo(), titles, running);
  const footer = h("footer", {}, h("p", { class: "provenance", text: data.footer }));
  const page = h("div", { class: "page" }, header, main, footer);
  return { page, picture, parts: { main, words, picture: place } };
}
