// @ts-check
// What changed between two predictions, where the truth is known.

/** @typedef {import("./types.js").Plane} Plane */

const IGNORED = 255;

/**
 * What happened to a labelled pixel between before and after, by its id in the change plane.
 * @type {import("./types.js").Entry[]}
 */
export const CHANGES = [
  { id: 0, name: "fixed", color: "#3B6BF5", pattern: "plain" },
  { id: 1, name: "broken", color: "#E0782A", pattern: "hatch/" },
  { id: 2, name: "still wrong", color: "#2A303B", pattern: "dots" },
  { id: 3, name: "right both times", color: null, pattern: "plain" },
];

/**
 * Return what may have happened to a pixel, under other names if there are any.
 * @param {string[]} [names] by id
 */
export function changesCalled(names) {
  return names ? CHANGES.map((one) => ({ ...one, name: names[one.id] })) : CHANGES;
}

/**
 * Return the change plane: fixed 0, broken 1, still wrong 2, right both times 3, unlabelled 255.
 * @param {Plane} truth
 * @param {Plane} before
 * @param {Plane} after
 * @returns {Plane}
 */
export function changePlane(truth, before, after) {
  const ids = new Uint8Array(truth.ids.length);
  for (let i = 0; i < ids.length; i++) {
    const right = truth.ids[i];
    const was = before.ids[i] === right;
    const is = after.ids[i] === right;
    if (right === IGNORED) ids[i] = IGNORED;
    else if (is) ids[i] = was ? 3 : 0;
    else ids[i] = was ? 1 : 2;
  }
  return { width: truth.width, height: truth.height, ids };
}
