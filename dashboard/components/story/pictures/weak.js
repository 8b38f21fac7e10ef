// @ts-check
// Where it is weak: the classes, worst first, and the image that was harmed most.

import { h } from "../../shared/dom.js";
import { markColor, themeOf } from "./colors.js";
import { drawSmall } from "./images.js";
import { imageOf, wipePicture } from "./wipe.js";

/**
 * @typedef {import("../types.js").Bar} Bar
 * @typedef {import("../types.js").StoryData} StoryData
 * @typedef {import("../types.js").Weak} Weak
 */

/**
 * Return bars and wipe, whichever there are; null without both.
 * @param {Weak} picture
 * @param {import("../types.js").Context} context
 * @returns {import("../types.js").Drawn | null}
 */
export function weakPicture({ wipe, bars }, context) {
  const wiped = wipePicture(wipe, context);
  if (!wiped && !bars.length) return null;
  const list = bars.length ? barList(bars) : null;
  const element = h("div", { class: "weak" }, list, wiped?.element);
  element.classList.toggle("both", !!list && !!wiped);
  const ready = Promise.resolve(wiped?.ready).then(() => {
    if (list) paint(list, bars, context.data);
  });
  return { element, ready, destroy: () => wiped?.destroy() };
}

/** @param {Bar[]} bars */
function barList(bars) {
  const hasBefore = bars.some((bar) => bar.before !== null);
  const rows = bars.map(({ name, value, before, caption }) =>
    h(
      "li",
      {},
      h("span", { class: "name", text: name }),
      h("b", { text: Math.round(value) }),
      h(
        "span",
        { class: "track", "aria-hidden": "true" },
        h("i", { class: "bar", style: { width: `${within(value)}%` } }),
        before === null ? null : h("i", { class: "tick", style: { left: `${within(before)}%` } }),
      ),
      caption ? h("span", { class: "caption", text: caption }) : null,
    ),
  );
  const key = h("p", { class: "caption" }, h("i", { class: "tick" }), " before");
  return h("div", { class: "bars" }, h("ul", {}, ...rows), hasBefore ? key : null);
}

/** @param {number} value */
function within(value) {
  return Math.min(100, Math.max(0, value));
}

/**
 * Give bars the colours of their classes, relit for the page.
 * @param {HTMLElement} list
 * @param {Bar[]} bars
 * @param {StoryData} data
 */
function paint(list, bars, { palette }) {
  const { isDark } = themeOf(list);
  list.querySelectorAll(".bar").forEach((bar, i) => {
    if (bar instanceof HTMLElement) {
      bar.style.backgroundColor = markColor(bars[i].color, palette, isDark);
    }
  });
}

/**
 * Return the small picture: the image with its mask, or the bars.
 * @param {Weak} picture
 * @param {StoryData} data
 */
export function weakThumb({ wipe, bars }, data) {
  if (wipe?.images.length) {
    const canvas = h("canvas", { width: 240, height: 120 });
    const image = imageOf(wipe, wipe.chosen);
    drawSmall(canvas, image.photo, image.after, data).catch(() => canvas.remove());
    return h("div", { class: "halves" }, canvas);
  }
  if (!bars.length) return null;
  const lines = bars.slice(0, 4).map(({ value, color }) => {
    const style = { width: `${within(value)}%`, backgroundColor: color };
    return h("span", { class: "track" }, h("i", { class: "bar", style }));
  });
  return h("div", { class: "lines" }, ...lines);
}
