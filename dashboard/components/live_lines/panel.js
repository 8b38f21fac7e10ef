// @ts-check
// One panel of the lines: frame, lines, names at their ends.

import { niceTicks, spread } from "../shared/axis.js";
import { h, svg } from "../shared/dom.js";
import { savePicture, saveTable } from "../shared/files/saved.js";
import { followPointer } from "./pointer.js";
import { decimated, logTicks, numberText, placeText } from "./scale.js";

/**
 * @typedef {import("./types.js").Drawing} Drawing
 * @typedef {import("./types.js").Line} Line
 */

const MANY = 100; // values of which a line is noise, unless it is smoothed
const LINE_HEIGHT = 15; // of the names beside the lines
const EDGE = { left: 34, right: 74, top: 8, bottom: 20 };

/** A panel draws what it is given and reports what somebody does with it. */
export class Panel {
  /** @type {Drawing} */ drawing;
  /** @type {Line[]} */ shown = [];
  /** @type {number[]} */ ticks = [];
  bounds = [0, 1]; // of y
  left = EDGE.left;
  top = EDGE.top;

  /**
   * @param {string} title
   * @param {string} unit
   * @param {{ height: number, fromZero: boolean }} shape
   * @param {object} act
   * @param {HTMLElement} act.tip where values under the pointer are shown
   * @param {(name: string) => void} act.toggle
   * @param {(range: [number, number] | null) => void} act.zoomTo
   */
  constructor(title, unit, { height, fromZero }, act) {
    this.height = height;
    this.fromZero = fromZero;
    this.act = act;
    this.svg = svg("svg", { role: "group", "aria-label": `${title} over the steps`, height });
    const name = title.toLowerCase();
    const save = (/** @type {string} */ text, /** @type {() => void} */ act) =>
      h("button", { type: "button", "aria-label": `${title} as ${text}`, onclick: act, text });
    const files = h(
      "span",
      { class: "files", "data-left-out": "" },
      save("PNG", () => savePicture(this.root, name)),
      save("CSV", () =>
        saveTable(
          ["line", this.drawing.axis === "step" ? "step" : "hours", "value"],
          this.numbers(),
          name,
        ),
      ),
    );
    this.title = h("h3", { text: title });
    this.unit = h("span", { class: "unit", text: unit });
    const head = [this.title, this.unit, files];
    this.root = h("div", { class: "panel" }, h("div", { class: "head" }, ...head));
    this.root.append(this.svg);
    followPointer(this);
  }

  get right() {
    return this.drawing.width - EDGE.right;
  }

  get bottom() {
    return this.height - EDGE.bottom;
  }

  /** @param {Drawing} drawing */
  draw(drawing) {
    this.drawing = drawing;
    this.shown = drawing.lines.filter((line) => !drawing.hidden.has(line.name));
    this.svg.setAttribute("viewBox", `0 0 ${drawing.width} ${this.height}`);
    this.fitScale();
    const lines = this.shown.flatMap((line) => this.paths(line));
    this.svg.replaceChildren(...this.frame(), ...lines, ...this.names());
  }

  /** @returns {Generator<(string | number)[]>} */
  *numbers() {
    for (const { name, x, y, raw } of this.shown) {
      const values = raw ?? y;
      for (let i = 0; i < x.length; i++) {
        if (Number.isFinite(values[i]))
          yield [name || (this.title.textContent ?? ""), x[i], values[i]];
      }
    }
  }

  fitScale() {
    const [x0, x1] = this.drawing.range;
    let [low, high] = [Infinity, -Infinity];
    const { log } = this.drawing;
    for (const { x, y } of this.shown) {
      for (let i = 0; i < y.length; i++) {
        if (!Number.isFinite(y[i]) || x[i] < x0 || x[i] > x1 || (log && y[i] <= 0)) continue;
        low = Math.min(low, y[i]);
        high = Math.max(high, y[i]);
      }
    }
    if (low > high) [low, high] = log ? [0.1, 1] : [0, 1];
    if (log) {
      if (high / low < 1.001) high = low * 2;
      this.ticks = logTicks(low, high);
      this.bounds = [low, high];
      return;
    }
    if (this.fromZero) low = Math.min(low, 0);
    if (high - low <= 1e-6 * Math.abs(high)) high = low + (Math.abs(low) || 1);
    this.ticks = niceTicks(low, high, 4);
    this.bounds = [Math.min(low, this.ticks[0]), Math.max(high, this.ticks[this.ticks.length - 1])];
  }

  /** @param {number} step */
  x(step) {
    const [x0, x1] = this.drawing.range;
    return EDGE.left + ((step - x0) / (x1 - x0)) * (this.right - EDGE.left);
  }

  /** @param {number} value */
  y(value) {
    const scaled = this.drawing.log ? Math.log10 : (/** @type {number} */ one) => one;
    const [y0, y1] = this.bounds.map(scaled);
    return this.bottom - ((scaled(value) - y0) / (y1 - y0)) * (this.bottom - EDGE.top);
  }

  /** @param {number} px */
  stepAt(px) {
    const [x0, x1] = this.drawing.range;
    return x0 + ((px - EDGE.left) / (this.right - EDGE.left)) * (x1 - x0);
  }

  // Grid and axes, what is still to come, the begin of the adaptation.
  frame() {
    const { range, last, before, axis } = this.drawing;
    const [x0, x1] = range;
    const { right, bottom } = this;
    /** @type {SVGElement[]} */
    const parts = this.ticks.flatMap((tick) => {
      const y = this.y(tick);
      const line = svg("line", { class: "grid", x1: EDGE.left, x2: right, y1: y, y2: y });
      return [line, label(EDGE.left - 6, y + 4, numberText(tick), "end")];
    });
    for (const tick of niceTicks(x0, x1, 3)) {
      if (tick < x0 || tick > x1) continue;
      parts.push(label(this.x(tick), this.height - 5, placeText(tick, axis), "middle"));
    }
    const done = this.x(Math.max(last, x0));
    if (done < right) {
      const area = { x: done, y: EDGE.top, width: right - done, height: bottom - EDGE.top };
      parts.push(svg("rect", { class: "todo", ...area }));
    }
    if (before !== null && before > x0 && before < x1) {
      const x = this.x(before);
      const words = `Adaptation begins after ${placeText(before, axis, true)}`;
      const place = { x1: x, x2: x, y1: EDGE.top, y2: bottom };
      parts.push(svg("line", { class: "mark", ...place }, titled(words)));
    }
    return parts;
  }

  /** @param {Line} line */
  paths(line) {
    const { y, raw } = line;
    const smooth = this.path(line, y, raw || y.length < MANY ? "line" : "line thin");
    return raw ? [this.path(line, raw, "raw"), smooth] : [smooth];
  }

  /**
   * @param {Line} line
   * @param {number[]} values
   * @param {string} kind class of the style sheet
   */
  path({ x, color, dash }, values, kind) {
    const [x0, x1] = this.drawing.range;
    const clip = (/** @type {number} */ px) => Math.min(Math.max(px, EDGE.top), this.bottom);
    const drawn = this.drawing.log ? values.map((value) => (value > 0 ? value : NaN)) : values;
    const places = decimated(x, drawn, x0, x1, this.right - EDGE.left).map(
      ([step, value]) => `${this.x(step).toFixed(1)} ${clip(this.y(value)).toFixed(1)}`,
    );
    const d = places.length ? `M${places.join("L")}` : "";
    return svg("path", { d, class: kind, style: `stroke:${color}`, "stroke-dasharray": dash });
  }

  names() {
    const { lines } = this.drawing;
    const { log } = this.drawing;
    const ends = lines.map(({ y }) => {
      const last = y.findLast((value) => Number.isFinite(value) && (!log || value > 0));
      return (last === undefined ? this.bottom : this.y(last)) + 4;
    });
    const places = spread(ends, LINE_HEIGHT, EDGE.top + 4, this.height - 4);
    return lines.flatMap((line, i) => (line.name ? [this.name(line, places[i])] : []));
  }

  /**
   * @param {Line} line
   * @param {number} y
   */
  name({ name, color }, y) {
    const isHidden = this.drawing.hidden.has(name);
    const text = label(this.right + 8, y, name, "start");
    text.setAttribute("class", isHidden ? "name hidden" : "name");
    text.setAttribute("style", `fill:${color}`);
    text.setAttribute("tabindex", "0");
    text.setAttribute("role", "button");
    text.setAttribute("aria-pressed", String(!isHidden));
    text.append(titled("Click hides or shows this line"));
    text.addEventListener("click", () => this.act.toggle(name));
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.act.toggle(name);
    });
    return text;
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {"start" | "middle" | "end"} anchor
 */
function label(x, y, text, anchor) {
  return svg("text", { x, y, "text-anchor": anchor, class: "axis" }, text);
}

/** @param {string} text */
function titled(text) {
  return svg("title", {}, text);
}
