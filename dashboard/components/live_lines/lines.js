// @ts-check
// mIoU and loss over the steps. Asks the server only for what is new, and keeps the zoom and the
// hidden lines while data arrive. Drag: zoom in. Double-click: all steps. Click a name: hide it.

import { h } from "../shared/dom.js";
import { Panel } from "./panel.js";
import { readRows } from "./rows.js";
import { baselineLines, lossLines, scoreLines } from "./series.js";

/** @typedef {import("./types.js").LinesData} LinesData */

const EVERY_MS = 2000;

/** Both panels, one below the other, over the same steps. */
export class LiveLines {
  /** @type {LinesData} */ data;
  /** @type {import("./types.js").Rows} */ rows = { step: [] };
  /** @type {[number, number] | null} */ zoom = null; // steps, null for the whole plan
  /** @type {Set<string>} */ hidden = new Set();
  /** @type {number | undefined} */ timer = undefined;

  constructor() {
    const tip = h("div", { class: "tip", hidden: true });
    const act = {
      tip,
      toggle: (/** @type {string} */ name) => this.toggle(name),
      zoomTo: (/** @type {[number, number] | null} */ range) => this.zoomTo(range),
    };
    this.scores = new Panel("mIoU", "%", { height: 138, fromZero: false }, act);
    this.losses = new Panel("Loss", "smoothed, raw behind", { height: 158, fromZero: true }, act);
    this.note = h("div", { class: "note" });
    this.root = h(
      "div",
      { class: "spcl-lines", "data-chart": "live-lines" },
      this.scores.root,
      this.losses.root,
      this.note,
      tip,
    );
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.root);
  }

  /** @param {LinesData} data */
  update(data) {
    this.data = data;
    this.draw();
    clearTimeout(this.timer);
    return this.look();
  }

  destroy() {
    clearTimeout(this.timer);
    this.watch.disconnect();
  }

  /** Ask for new rows, and again in a while. */
  async look() {
    const asked = this.data.url;
    if (!document.hidden) {
      try {
        this.rows = await readRows(asked);
      } catch {
        // The server is away; the next look finds it again.
      }
      if (asked !== this.data.url || !this.root.isConnected) return;
      this.draw();
    }
    clearTimeout(this.timer);
    if (this.data.live) this.timer = setTimeout(() => this.look(), EVERY_MS);
  }

  draw() {
    const { data, rows, hidden, zoom } = this;
    const width = this.root.clientWidth;
    if (!data || !width) return;
    const last = Math.max(rows.step.at(-1) ?? 0, ...data.miou.steps, 0);
    /** @type {[number, number]} */
    const range = zoom ?? [0, Math.max(data.total, 1)];
    const drawing = { hidden, range, last, before: data.before, width };
    const flat = baselineLines(data.baselines, [Math.max(range[0], data.before ?? 0), range[1]]);
    this.scores.draw({ ...drawing, lines: [...scoreLines(data.miou), ...flat] });
    this.losses.draw({ ...drawing, lines: lossLines(rows) });
    this.root.dataset.step = String(last);
    this.root.dataset.points = String(rows.step.length);
    const more = last < data.total ? "; grey area is still to come" : "";
    const zoomed = zoom ? "; double-click shows all steps" : "";
    this.note.textContent = `Steps since the run began${more}${zoomed}.`;
  }

  /** @param {string} name of a line */
  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    this.draw();
  }

  /** @param {[number, number] | null} range steps, null for the whole plan */
  zoomTo(range) {
    this.zoom = range;
    this.draw();
  }
}
