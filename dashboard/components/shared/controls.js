// @ts-check
// Icons and rows of buttons that several components show.

import { h, svg } from "./dom.js";

/** @typedef {{ value: string, label: string }} Choice */

const EYE = "M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8z";
const ICONS = {
  eye: [EYE, "M10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z"],
  hidden: [EYE, "M2.5 13.5l11-11"],
  wipe: ["M6 4L2 8l4 4", "M10 4l4 4-4 4"],
  plus: ["M8 3v10", "M3 8h10"],
  minus: ["M3 8h10"],
  left: ["M13 8H3", "M7 4L3 8l4 4"],
  right: ["M3 8h10", "M9 4l4 4-4 4"],
  full: ["M6 2.5H2.5V6", "M10 2.5h3.5V6", "M13.5 10v3.5H10", "M6 13.5H2.5V10"],
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
 * @param {Choice[]} options
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
