// @ts-check
// A hundred squares: how many pixels in a hundred were right before, and how many are now.

import { spread } from "../../shared/axis.js";
import { h, svg } from "../../shared/dom.js";
import { wipePicture } from "./wipe.js";

/**
 * @typedef {import("../types.js").Squares} Squares
 * @typedef {{ look: string, from: number, to: number, number: string, words: string }} Group
 */

const PITCH = 40; // units from square to square
const SIDE = 34; // units a square is wide
const WIDE = 10 * PITCH - (PITCH - SIDE);
const BRACKET = 40; // units right of the squares

/**
 * Return squares and, where there are images, the wipe beside them.
 * @param {Squares} picture
 * @param {import("../types.js").Context} context
 * @returns {import("../types.js").Drawn}
 */
export function squaresPicture(picture, context) {
  const wiped = wipePicture(picture.wipe, context);
  const groups = groupsOf(picture);
  const counted = h("div", { class: "counted" }, drawing(groups), counts(groups));
  const element = h("div", { class: "squares" }, counted, wiped?.element);
  element.classList.toggle("both", wiped !== null);
  const destroy = () => wiped?.destroy();
  return { element, ready: Promise.resolve(wiped?.ready), destroy };
}

/**
 * Return the squares alone, small.
 * @param {Squares} picture
 */
export function squaresThumb(picture) {
  const view = { viewBox: `0 0 ${WIDE} ${WIDE}`, class: "square-grid" };
  return svg("svg", view, ...groupsOf(picture).flatMap(cells));
}

/**
 * Return the squares in groups of one look, one after the other.
 * @param {Squares} picture
 * @returns {Group[]}
 */
function groupsOf({ before, after }) {
  const group = (
    /** @type {string} */ look,
    /** @type {number} */ from,
    /** @type {number} */ to,
  ) => ({
    look,
    from,
    to,
  });
  const wrong = String(100 - after);
  /** @type {Group[]} */
  let groups;
  if (before === null) {
    groups = [
      { ...group("gained", 0, after), number: String(after), words: "right" },
      { ...group("wrong", after, 100), number: wrong, words: "wrong" },
    ];
  } else if (after < before) {
    groups = [
      { ...group("right", 0, after), number: String(after), words: "right now" },
      {
        ...group("lost", after, before),
        number: `−${before - after}`,
        words: `lost, before ${before}`,
      },
      { ...group("wrong", before, 100), number: String(100 - before), words: "still wrong" },
    ];
  } else {
    const words = after === before ? "right, as before" : "right before";
    groups = [
      { ...group("right", 0, before), number: String(before), words },
      {
        ...group("gained", before, after),
        number: `+${after - before}`,
        words: `gained, now ${after}`,
      },
      { ...group("wrong", after, 100), number: wrong, words: "still wrong" },
    ];
  }
  return groups.filter(({ from, to }) => to > from);
}

/**
 * Return squares with brackets at their right.
 * @param {Group[]} groups
 */
function drawing(groups) {
  const text = groups.map(({ number, words }) => `${number} ${words}`).join(", ");
  const view = { viewBox: `-1 -1 ${WIDE + BRACKET + 2} ${WIDE + 2}`, class: "square-grid" };
  const label = { role: "img", "aria-label": `Of 100 squares: ${text}` };
  const brackets = groups.filter(({ look }) => look !== "wrong").map(bracket);
  return svg("svg", { ...view, ...label }, ...groups.flatMap(cells), ...brackets);
}

/** @param {Group} group */
function cells({ look, from, to }) {
  const inset = look === "right" || look === "gained" ? 0 : 1.25;
  return Array.from({ length: to - from }, (_, i) => {
    const [row, column] = [Math.floor((from + i) / 10), (from + i) % 10];
    const size = SIDE - 2 * inset;
    return svg("rect", {
      class: look,
      x: column * PITCH + inset,
      y: row * PITCH + inset,
      width: size,
      height: size,
      rx: 4 - inset,
    });
  });
}

/** @param {Group} group */
function bracket({ look, from, to }) {
  const [first, last] = rowsOf({ from, to });
  const [top, bottom] = [first * PITCH + 1, last * PITCH + SIDE - 1];
  const [x, end] = [WIDE + 16, WIDE + 26];
  return svg("path", { class: `bracket ${look}`, d: `M${x} ${top}H${end}V${bottom}H${x}` });
}

/**
 * Return first and last row that a group stands for; a row counts where most of it belongs to it.
 * @param {{ from: number, to: number }} group
 */
function rowsOf({ from, to }) {
  const first = Math.min(9, Math.round(from / 10));
  return [first, Math.max(first, Math.ceil(to / 10) - 1)];
}

/**
 * Return the counts beside the rows they stand for.
 * @param {Group[]} groups
 */
function counts(groups) {
  const middles = groups.map((group) => {
    const [first, last] = rowsOf(group);
    return (100 * (((first + last) / 2) * PITCH + SIDE / 2)) / WIDE;
  });
  const places = spread(middles, 12, 5, 95);
  const lines = groups.map(({ look, number, words }, i) => {
    const line = h("li", { class: look }, h("i"), h("b", { text: number }), " ", words);
    line.style.setProperty("--top", `${places[i]}%`);
    return line;
  });
  // The drawing has said it to those who do not see it.
  return h("ul", { class: "counts", "aria-hidden": "true" }, ...lines);
}
