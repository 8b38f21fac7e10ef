// @ts-check
// What somebody has chosen for the lines, kept across pages and runs, and in the link.

import { h } from "../shared/dom.js";
import { askedFor, numberIn, tellLinks } from "../shared/link.js";

/** @typedef {import("./types.js").Settings} Settings */

const MOST_SMOOTHING = 0.99;

/** @type {Settings} */
export const settings = { metric: "", axis: "step", log: false, smoothing: 0 };

/** Take what the address asks for; return what ends telling links. */
export function followLinks() {
  const { metric, axis, log, smoothing } = askedFor("lines");
  if (typeof metric === "string") settings.metric = metric;
  if (axis === "time" || axis === "step") settings.axis = axis;
  if (typeof log === "boolean") settings.log = log;
  settings.smoothing = numberIn(smoothing, 0, MOST_SMOOTHING) ?? settings.smoothing;
  return tellLinks("lines", () => settings);
}

/** The row of controls above the second panel. */
export class Controls {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    const { axis, log, smoothing } = settings;
    this.metric = h("select", { "aria-label": "Metric of the lower chart" });
    this.metric.addEventListener("change", () => this.set({ metric: this.metric.value }));
    const axes = [option("step", "over steps"), option("time", "over hours")];
    this.axis = h("select", { "aria-label": "What the charts run over" }, ...axes);
    this.axis.value = axis;
    this.axis.addEventListener("change", () =>
      this.set({ axis: this.axis.value === "time" ? "time" : "step" }),
    );
    const range = { type: "range", min: "0", max: String(MOST_SMOOTHING), step: "0.01" };
    this.smooth = h("input", { ...range, "aria-label": "Smoothing" });
    this.smooth.value = String(smoothing);
    this.amount = h("output", {});
    this.smooth.addEventListener("input", () => this.set({ smoothing: Number(this.smooth.value) }));
    this.log = h("input", { type: "checkbox" });
    this.log.checked = log;
    this.log.addEventListener("change", () => this.set({ log: this.log.checked }));
    this.root = h(
      "div",
      { class: "controls", "data-left-out": "" },
      this.metric,
      this.axis,
      h("label", {}, this.log, "log"),
      h("label", {}, "smooth", this.smooth, this.amount),
    );
    this.tell();
  }

  /** @param {Partial<Settings>} changes */
  set(changes) {
    Object.assign(settings, changes);
    this.tell();
    this.changed();
  }

  tell() {
    this.amount.textContent = settings.smoothing.toFixed(2);
  }

  /**
   * Offer what is recorded; what was chosen before stays chosen where the run records it.
   * @param {string[]} scalars
   */
  offer(scalars) {
    const options = ["", ...scalars];
    if (options.join() !== [...this.metric.options].map(({ value }) => value).join()) {
      this.metric.replaceChildren(...options.map((name) => option(name, name || "All losses")));
    }
    this.metric.value = scalars.includes(settings.metric) ? settings.metric : "";
  }
}

/**
 * @param {string} value
 * @param {string} text
 */
function option(value, text) {
  return h("option", { value, text });
}
