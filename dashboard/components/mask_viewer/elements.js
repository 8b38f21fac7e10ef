// @ts-check
// Small elements of the mask viewer.

import { h, svg } from "../shared/dom.js";

const EYE = "M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8z";
const ICONS = {
  eye: [EYE, "M10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z"],
  hidden: [EYE, "M2.5 13.5l11-11"],
  wipe: ["M6 4L2 8l4 4", "M10 4l4 4-4 4"],
  plus: ["M8 3v10", "M3 8h10"],
  minus: ["M3 8h10"],
  fit: ["M2 5.5V2.5h3", "M11 2.5h3v3", "M14 10.5v3h-3", "M5 13.5H2v-3", "M5.5 6h5v4h-5z"],
};

/**
 * Return a 16 px line icon that takes the colour of its text.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const look = {
    viewBox: "0 0 16 16",
    width: 16,
    height: 16,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.4,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  };
  return svg("svg", look, ...ICONS[name].map((line) => svg("path", { d: line })));
}

/**
 * Return a row of buttons of which one is pressed.
 * @param {string} name
 * @param {import("./types.js").Choice[]} options
 * @param {string} value the one pressed
 * @param {(value: string) => void} choose
 */
export function segmented(name, options, value, choose) {
  const buttons = options.map((option) =>
    h("button", {
      type: "button",
      text: option.label,
      "aria-pressed": String(option.value === value),
      onclick: () => choose(option.value),
    }),
  );
  return h("div", { class: "segmented", role: "group", "aria-label": name }, ...buttons);
}

/**
 * Return a control under its label, with its value to the right.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {HTMLElement | null} [shown] the value
 */
export function field(label, control, shown = null) {
  // No <output> for the value: it would be what the label names.
  const title = h("span", { class: "field-label" }, h("span", { text: label }), shown);
  // A label around buttons would name, and press, the first of them.
  const isGroup = control.getAttribute("role") === "group";
  return h(isGroup ? "div" : "label", { class: "field" }, title, control);
}

/**
 * Return a colour swatch.
 * @param {string | null} color
 * @param {HTMLCanvasElement | null} [tile] its pattern, if any
 */
export function swatch(color, tile = null) {
  const style = { backgroundColor: color ?? "", ...(tile && tiled(tile)) };
  return h("span", { class: "swatch", style, "aria-hidden": "true" });
}

/**
 * Return the style of a background that repeats a pattern.
 * @param {HTMLCanvasElement} tile
 */
export function tiled(tile) {
  return { backgroundImage: `url(${tile.toDataURL()})`, backgroundSize: "8px 8px" };
}

/**
 * Return a share of 0 to 100 as people read it, "18.5 %".
 * @param {number} value
 */
export function percent(value) {
  return `${value.toFixed(1)} %`;
}

/**
 * Return "▲ 18.8", "▼ 1.6" or "0.0" in the colour of its meaning.
 * @param {number} change in points
 */
export function changeMark(change) {
  if (change === 0) return h("span", { class: "change same", text: "0.0" });
  const isBetter = change > 0;
  const text = `${isBetter ? "▲" : "▼"} ${Math.abs(change).toFixed(1)}`;
  return h("span", { class: `change ${isBetter ? "better" : "worse"}`, text });
}
