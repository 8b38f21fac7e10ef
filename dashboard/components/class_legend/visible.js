// @ts-check
// Which classes are shown after a click, as the page keeps it: names, none for all.

/** @typedef {Pick<import("./types.js").Entry, "name" | "shown">} Entry */

/**
 * Return the names to show after one is hidden or shown again; hiding the last shows all.
 * @param {Entry[]} classes
 * @param {string} name
 */
export function toggled(classes, name) {
  return told(
    classes,
    classes.filter((one) => (one.name === name) !== one.shown),
  );
}

/**
 * Return the names to show after one is left alone; all, if it was alone already.
 * @param {Entry[]} classes
 * @param {string} name
 */
export function isolated(classes, name) {
  const isAlone = classes.every((one) => one.shown === (one.name === name));
  return isAlone ? [] : [name];
}

/**
 * @param {Entry[]} classes
 * @param {Entry[]} shown
 */
function told(classes, shown) {
  return shown.length === classes.length ? [] : shown.map((one) => one.name);
}
