// @ts-check
// Small elements of the mask viewer.

import { h } from "../../shared/dom.js";

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
