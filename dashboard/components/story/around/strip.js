// @ts-check
// The panels as cards: each with its picture, small, and its number.

import { h } from "../../shared/dom.js";
import { thumbOf } from "../pictures/kinds.js";

/** @typedef {import("../types.js").StoryData} StoryData */

/**
 * Scroll the cards, and nothing else, where they do not all fit beside each other.
 * @param {HTMLElement} strip
 * @param {Element} card
 */
export function bringIntoSight(strip, card) {
  const [outer, inner] = [strip.getBoundingClientRect(), card.getBoundingClientRect()];
  strip.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}

/**
 * Return the cards.
 * @param {StoryData} data
 * @param {(number: number) => void} go to a panel, from 1
 */
export function cards(data, go) {
  return data.panels.map((panel, i) => {
    const small = thumbOf(panel.picture, data) ?? h("b", { class: "blank", text: i + 1 });
    return h(
      "button",
      { type: "button", class: "card", "data-card": i + 1, onclick: () => go(i + 1) },
      h("span", { class: "thumb", "aria-hidden": "true" }, small),
      h("span", { class: "card-kicker", text: `${i + 1} · ${panel.kicker}` }),
      h("b", { text: panel.card.number }),
      h("span", { class: "card-caption", text: panel.card.caption }),
    );
  });
}
