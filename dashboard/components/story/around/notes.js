// @ts-check
// Notes for whoever speaks; they stand in the place of the cards.

import { h } from "../../shared/dom.js";

/**
 * Return the notes of a panel.
 * @param {import("../types.js").Notes} notes
 */
export function notesOf({ say, question, answer }) {
  const part = (/** @type {string} */ title, /** @type {string} */ text) =>
    h("div", {}, h("dt", { text: title }), h("dd", { text }));
  return h(
    "dl",
    {},
    part("Say, in 20 seconds", say),
    part("The question that will come", question),
    part("Its answer", answer),
  );
}
