// @ts-check
// Files that somebody takes from a page: what is drawn as a picture, its numbers as a table.

import { h } from "../dom.js";
import { isSeen, svgOf } from "./drawn.js";
import { pngOf } from "./rastered.js";

/**
 * Hand a file to whoever looks at the page.
 * @param {string} name
 * @param {Blob} content
 */
export function save(name, content) {
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/**
 * Save an element as it is shown; what is marked `data-left-out` is not in the picture.
 * @param {Element} element
 * @param {string} name without suffix
 */
export async function savePicture(element, name) {
  save(`${name}.png`, await pngOf(svgOf(element), paper(element)));
}

/**
 * Save a table.
 * @param {string[]} heads
 * @param {Iterable<(string | number)[]>} rows
 * @param {string} name without suffix
 */
export function saveTable(heads, rows, name) {
  const lines = [heads, ...rows].map((row) => row.map(cell).join(","));
  save(`${name}.csv`, new Blob([`${lines.join("\n")}\n`], { type: "text/csv" }));
}

/** @param {string | number} value */
function cell(value) {
  const text = typeof value === "number" && Number.isNaN(value) ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Return the colour that an element stands on.
 * @param {Element} element
 */
function paper(element) {
  for (let one = /** @type {Element | null} */ (element); one; one = one.parentElement) {
    const { backgroundColor } = getComputedStyle(one);
    if (isSeen(backgroundColor)) return backgroundColor;
  }
  return "white";
}
