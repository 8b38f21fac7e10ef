// @ts-check
// How the classes of a run are drawn in the chosen palette.

/**
 * @typedef {import("./types.js").ClassInfo} ClassInfo
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {{ classes: ClassInfo[], palette: "dataset" | "safe" }} Palette
 */

const MANY_CLASSES = 11;

/** @type {Entry} */
export const IGNORED = { id: 255, name: "ignored", color: "#8C929C", pattern: "hatch\\" };

/**
 * Return how the classes are drawn, by id.
 * @param {Palette} data
 * @returns {Entry[]}
 */
export function classEntries({ classes, palette }) {
  return classes.map((info) => ({
    id: info.id,
    name: info.display,
    pattern: info.pattern,
    color: palette === "safe" ? info.safe : info.color,
  }));
}

/**
 * Return whether colours alone are too alike, so that classes need patterns.
 * @param {Palette} data
 */
export function needsPatterns({ classes, palette }) {
  return palette === "safe" && classes.length > MANY_CLASSES;
}
