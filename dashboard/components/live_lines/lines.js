// @ts-check
// mIoU and loss over the steps. Asks the server only for what is new, and keeps the zoom and the
// hidden lines while data arrive. Drag: zoom in. Double-click: all steps. Click a name: hide it.

import { h } from "../shared/dom.js";
import { Panel } from "./panel.js";
import { readRows, scalarsOf } from "./rows.js";
import { baselineLines, hoursAt, metricLines, overTime, scoreLines } from "./series.js";
import { Controls, followLinks, settings } from "./settings.js";

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
    this.stopTelling = followLinks();
    this.controls = new Controls(() => this.changed());
    const tip = h("div", { class: "tip", hidden: true });
    const act = {
      tip,
      toggle: (/** @type {string} */ name) => this.toggle(name),
      zoomTo: (/** @type {[number, number] | null} */ range) => this.zoomTo(range),
    };
    this.scores = new Panel("mIoU", "%", { height: 138, fromZero: false }, act);
    this.losses = new Panel("Loss", "", { height: 158, fromZero: true }, act);
    this.note = h("div", { class: "note" });
    this.root = h(
      "div",
      { class: "spcl-lines", "data-chart": "live-lines" },
      this.scores.root,
      this.controls.root,
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
    this.stopTelling();
  }

  /** Show what was chosen: another axis has other places, another metric may have to be read. */
  changed() {
    this.zoom = null;
    this.draw();
    clearTimeout(this.timer);
    this.look();
  }

  /** Ask for new rows, and again in a while. */
  async look() {
    const asked = this.data.url;
    const { metric } = settings;
    if (!document.hidden) {
      try {
        const rows = await readRows(asked, metric);
        if (metric !== settings.metric) return;
        this.rows = rows;
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
    const scalars = scalarsOf(data.url);
    this.controls.offer(scalars);
    const { axis, log, smoothing } = settings;
    const metric = scalars.includes(settings.metric) ? settings.metric : "";
    const place = (/** @type {number} */ step) => (axis === "time" ? hoursAt(rows, step) : step);
    const end = axis === "time" ? Math.max(place(last), 1e-3) : Math.max(data.total, 1);
    /** @type {[number, number]} */
    const range = zoom ?? [0, end];
    const before = data.before === null ? null : place(data.before);
    const drawing = { hidden, range, last: place(last), before, width, axis };
    const flat = baselineLines(data.baselines, [Math.max(range[0], before ?? 0), range[1]]);
    const placed = (/** @type {import("./types.js").Line[]} */ lines) =>
      axis === "time" ? overTime(lines, rows) : lines;
    const scores = placed(scoreLines(data.miou));
    this.scores.draw({ ...drawing, log: false, lines: [...scores, ...flat] });
    this.losses.title.textContent = metric || "Loss";
    this.losses.unit.textContent = smoothing ? "smoothed, raw behind" : "";
    this.losses.draw({ ...drawing, log, lines: placed(metricLines(rows, { metric, smoothing })) });
    this.root.dataset.step = String(last);
    this.root.dataset.points = String(rows.step.length);
    this.root.dataset.metric = metric;
    const over = axis === "time" ? "Hours" : "Steps";
    const more = axis === "step" && last < data.total ? "; grey area is still to come" : "";
    const zoomed = zoom ? "; double-click shows all" : "";
    this.note.textContent = `${over} since the run began${more}${zoomed}.`;
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
