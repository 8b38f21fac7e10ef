// @ts-check
// An exported file: the story of one run or several, what it rests on, and where it comes from.

import { h } from "../shared/dom.js";
import { carry } from "../shared/fetch.js";
import mountStory from "../story/index.js";
import { Closer } from "./closer.js";
import { Looks } from "./look.js";

/**
 * @typedef {import("./types.js").ExportedData} ExportedData
 * @typedef {import("./types.js").RunData} RunData
 */

/** Everything on the page. */
export class Exported {
  /** @type {ExportedData} */ data;
  at = 0; // of the runs
  /** @type {Looks} */ looks;

  constructor() {
    this.top = h("div", { class: "file-top" });
    this.notes = h("div", { class: "file-notes" });
    this.story = h("div", { class: "file-story" });
    this.closer = new Closer();
    this.foot = h("footer", { class: "file-foot" });
    const parts = [this.top, this.notes, this.story, this.closer.element, this.foot];
    this.root = h("div", { class: "exported", "data-chart": "exported" }, ...parts);
  }

  /** @param {ExportedData} data */
  update(data) {
    this.data = data;
    carry(data.files);
    this.looks = new Looks(data.runs[0].story.palette, () => this.show());
    this.top.replaceChildren(...this.chooser(), this.looks.element);
    return this.show();
  }

  destroy() {
    this.looks?.destroy();
    this.stopStory?.();
    this.closer.destroy();
  }

  get run() {
    return this.data.runs[this.at];
  }

  async show() {
    const { run, looks, data } = this;
    const { look } = looks;
    this.notes.replaceChildren(...run.notes.map((text) => h("p", { text })));
    this.stopStory = mountStory({
      data: { ...run.story, palette: look.palette },
      parentElement: this.story,
      setTriggerValue: () => {},
    });
    this.foot.replaceChildren(provenance(run));
    await this.closer.update(run.closer, data.charts ?? "", look);
    this.root.dataset.shown = `${this.at} ${look.palette} ${look.dark ? "dark" : "light"}`;
  }

  /** Return the list of the runs, if there are several. */
  chooser() {
    const { runs } = this.data;
    if (runs.length < 2) return [];
    const select = h(
      "select",
      {
        onchange: () => {
          this.at = Number(select.value);
          this.show();
        },
      },
      ...runs.map((run, i) => h("option", { value: i, text: run.name })),
    );
    return [h("label", { class: "runs" }, h("span", { text: "Run" }), select)];
  }
}

/** @param {RunData} run */
function provenance(run) {
  const facts = run.provenance.map(({ label, text }) =>
    h("div", {}, h("dt", { text: label }), h("dd", { text })),
  );
  return h("dl", {}, ...facts);
}
