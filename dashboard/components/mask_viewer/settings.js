// @ts-check
// What somebody set in the mask viewer, and what follows from it for one image.

import { needsPatterns } from "../label_maps/entries.js";
import { numberIn } from "../shared/link.js";
import { choicesOf } from "./stage/layers.js";

/**
 * @typedef {import("./types.js").MaskData} MaskData
 * @typedef {import("./types.js").ImageInfo} ImageInfo
 */

/**
 * Kept while the page lives, so that changing pages and coming back finds everything as it was.
 * @type {import("./types.js").Settings}
 */
export const settings = {
  mode: "wipe",
  left: "before",
  right: "after",
  opacity: 0.65,
  brightness: 1,
  borders: true,
  patterns: null,
  wipe: 50,
  tab: null,
  domain: "target",
};

/**
 * Return the layers of both sides, each one that exists for this image.
 * @param {MaskData} data
 * @param {ImageInfo} image
 */
export function sidesOf(data, image) {
  const possible = choicesOf(data, image).map(({ value }) => value);
  const first = (/** @type {string[]} */ ...names) =>
    names.find((name) => possible.includes(name)) ?? "input";
  return {
    left: first(settings.left, "before", "truth"),
    right: first(settings.right, "after"),
  };
}

/**
 * Return the steps among the layers of both sides that are neither now nor before.
 * @param {{ left: string, right: string }} sides
 */
export function stepsIn({ left, right }) {
  const named = [left, right].filter((name) => name.startsWith("step:"));
  return named.map((name) => Number(name.slice(5)));
}

/**
 * Return the tab of the strip that is open: the one chosen if it exists, else the first with images.
 * @param {{ [tab: string]: string[] }} tabs
 */
export function tabOf(tabs) {
  if (settings.tab && tabs[settings.tab]) return settings.tab;
  const names = Object.keys(tabs);
  return names.find((name) => tabs[name].length > 0) ?? names[0];
}

/**
 * Return whether classes have patterns: as chosen, else where colours alone are too alike.
 * @param {MaskData} data
 */
export function hasPatterns(data) {
  return settings.patterns ?? needsPatterns(data);
}

/**
 * Return those settings that a link may ask for and that are possible.
 * @param {{ [name: string]: unknown }} asked what the address says
 * @returns {Partial<import("./types.js").Settings>}
 */
export function settingsOf(asked) {
  const { mode, patterns, borders } = asked;
  const text = (/** @type {string} */ name) =>
    typeof asked[name] === "string" ? { [name]: asked[name] } : {};
  const number = (
    /** @type {string} */ name,
    /** @type {number} */ least,
    /** @type {number} */ most,
  ) => {
    const value = numberIn(asked[name], least, most);
    return value === null ? {} : { [name]: value };
  };
  return {
    ...(mode === "wipe" || mode === "side" || mode === "single" ? { mode } : {}),
    ...(typeof patterns === "boolean" || patterns === null ? { patterns } : {}),
    ...(typeof borders === "boolean" ? { borders } : {}),
    ...text("left"),
    ...text("right"),
    ...text("tab"),
    ...number("opacity", 0, 1),
    ...number("brightness", 0.1, 10),
    ...number("wipe", 0, 100),
  };
}
