// @ts-check
// The class list: legend of the map and the one filter of classes.

import { h } from "../shared/dom.js";
import { light } from "../shared/lit.js";
import { isolated, toggled } from "./visible.js";

/**
 * @typedef {import("./types.js").LegendData} LegendData
 * @typedef {import("./types.js").Entry} Entry
 */

const TWICE_MS = 260; // a second click within it makes a double-click of the first

/** A button for each class, and what its points are like. */
export class ClassLegend {
  /** @type {LegendData} */ data;
  /** @type {number | undefined} */ waiting = undefined;

  /** @param {import("../shared/component.js").Send} send */
  constructor(send) {
    this.send = send;
    this.line = h("span", { class: "line", role: "status" });
    this.all = h("button", { type: "button", text: "Show all", onclick: () => this.choose([]) });
    this.heads = h("div", { class: "heads" });
    this.list = h("ul", {});
    this.root = h(
      "div",
      { class: "class-legend", role: "group", "aria-label": "Classes" },
      h("div", { class: "top" }, this.line, this.all),
      this.heads,
      this.list,
    );
    this.root.addEventListener("pointerleave", () => light(null));
  }

  /** @param {LegendData} data */
  update(data) {
    this.data = data;
    this.line.textContent = data.line;
    this.all.hidden = data.classes.every((one) => one.shown);
    this.root.classList.toggle("dense", data.dense);
    this.heads.hidden = data.dense;
    this.heads.replaceChildren(...["", ...data.heads].map((text) => h("span", { text })));
    const held = /** @type {HTMLElement | null} */ (this.list.querySelector(":focus"));
    const focus = held?.dataset.focus;
    this.list.replaceChildren(...data.classes.map((one) => this.row(one)));
    const again = [...this.list.querySelectorAll("button")];
    if (focus) again.find((button) => button.dataset.focus === focus)?.focus();
  }

  /** @param {Entry} one */
  row(one) {
    const name = h(
      "button",
      {
        type: "button",
        class: "name",
        "aria-pressed": String(one.shown),
        "data-focus": `name ${one.id}`,
        title: `${one.display}: click hides it or shows it again, double-click shows it alone`,
        onclick: (event) => this.clicked(event, one),
      },
      h("i", { style: { background: one.color }, "aria-hidden": "true" }),
      h("span", { text: one.display }),
    );
    const row = h("li", {}, name, ...(this.data.dense ? [] : this.details(one)));
    row.addEventListener("pointerenter", () => light(one.shown ? one.id : null));
    return row;
  }

  /** @param {Entry} one */
  details(one) {
    const share = one.own === null ? "" : `${Math.round(100 * one.own)} %`;
    const width = `${Math.round(100 * (one.own ?? 0))}%`;
    const bar = h("s", { "aria-hidden": "true" }, h("u", { style: { width } }));
    const act = (/** @type {string} */ text, /** @type {() => void} */ run) =>
      h("button", {
        type: "button",
        class: "act",
        text,
        "aria-label": `${text} ${one.display}`,
        "data-focus": `${text} ${one.id}`,
        onclick: run,
      });
    return [
      h("span", { class: "count", text: one.count }),
      h("span", { class: "own", title: one.rival }, bar, h("span", { text: share })),
      h(
        "span",
        { class: "acts" },
        act("only", () => this.choose(isolated(this.data.classes, one.name))),
        this.data.selects ? act("select", () => this.send("select", one.name)) : null,
      ),
    ];
  }

  /**
   * @param {MouseEvent} event
   * @param {Entry} one
   */
  clicked(event, one) {
    clearTimeout(this.waiting);
    const act = () => this.choose(toggled(this.data.classes, one.name));
    if (event.detail > 1) this.choose(isolated(this.data.classes, one.name));
    else if (event.detail === 1) this.waiting = setTimeout(act, TWICE_MS);
    else act(); // by key: there is no second click to wait for
  }

  /** @param {string[]} names empty for all */
  choose(names) {
    light(null);
    this.send("classes", names);
  }

  destroy() {
    clearTimeout(this.waiting);
    light(null);
  }
}
