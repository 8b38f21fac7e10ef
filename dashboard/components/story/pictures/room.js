// @ts-check
// How much room a picture has, and how finely it is drawn.

import { pixelRatio } from "../../shared/dom.js";

const NARROW = 520; // pixels: two pictures beside each other would be too small
const LEAST = 360; // pixels: height that a picture may take at least

/**
 * Return width and height of the room; where the page scrolls, as much as the words beside it.
 * @param {HTMLElement} element the picture
 */
export function roomFor(element) {
  const { width, height } = element.getBoundingClientRect();
  const isNarrow = width < NARROW;
  const scrolls = getComputedStyle(element).getPropertyValue("--scrolls").trim() === "1";
  if (!scrolls) return { width, height, isNarrow: false };
  if (isNarrow) return { width, height: Infinity, isNarrow };
  const words = element.closest(".main")?.querySelector(".words");
  return { width, height: Math.max(LEAST, words?.clientHeight ?? 0), isNarrow };
}

/**
 * Return how many pixels of a canvas stand for one of the page: on paper more than on the screen.
 * @param {Element} element
 */
export function dotsOf(element) {
  const asked = parseFloat(getComputedStyle(element).getPropertyValue("--dots"));
  return Math.max(pixelRatio(element), asked || 1);
}
