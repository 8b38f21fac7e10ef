// @ts-check
// What a panel says: kicker, big number, sentence, text, and where the numbers come from.

import { icon } from "../../shared/controls.js";
import { h } from "../../shared/dom.js";

/**
 * @typedef {import("../types.js").BigNumber} BigNumber
 * @typedef {import("../types.js").Link} Link
 * @typedef {import("../types.js").Panel} Panel
 */

const WIDTHS = [0.36, 0.42, 0.5]; // of the words: the picture has what they leave
const SHARES = [1, 0.9, 0.8, 0.7, 0.6]; // of the size of number and sentence
const ROOMS = ["wide", "tight", "tightest"]; // of the style sheet: lists smaller, cards smaller
const OWN = ["panel", "present"]; // parts of the address that are the story's alone

/**
 * Return the words of a panel.
 * @param {Panel} panel
 * @param {string} place "3 of 5"
 */
export function wordsOf(panel, place) {
  const { kicker, number, sentence, text, links } = panel;
  return [
    h("p", { class: "kicker", text: `${place} · ${kicker}` }),
    number && h("p", { class: "number" }, ...numberParts(number, panel.key)),
    h("h2", { class: "sentence", text: unbroken(sentence) }),
    ...text.map((one) => h("p", { class: "text", text: unbroken(one) })),
    links.length ? h("p", { class: "links" }, ...links.map(linkTo)) : null,
  ].filter((one) => one !== null);
}

/**
 * Keep a number and its percent sign on one line.
 * @param {string} text
 */
function unbroken(text) {
  return text.replaceAll(" %", "\u00a0%");
}

/**
 * @param {BigNumber} number
 * @param {string} key of the panel
 */
function numberParts(number, key) {
  if ("text" in number) return [h("b", { text: number.text })];
  const { before, after } = number;
  const isCount = key === "better" || key === "worse";
  const isWorse = isCount && parseFloat(after) < parseFloat(before);
  return [
    h("span", { text: before }),
    h("i", { class: "arrow", role: "img", "aria-label": "then" }, icon("right")),
    h("b", { class: isWorse ? "lost" : "", text: after }),
  ];
}

/**
 * Return a link to another page of the same run; a file on a disk has no other pages.
 * @param {Link} link
 */
function linkTo({ label, page, query }) {
  if (!location.protocol.startsWith("http")) return h("span", { class: "link", text: label });
  const url = new URL(encodeURIComponent(page), location.href);
  url.search = location.search;
  url.hash = "";
  for (const name of OWN) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return h("a", { class: "link", href: url.href, text: label });
}

/**
 * Make words and picture fit into the window, if need be at the expense of the cards.
 * @param {HTMLElement} page
 * @param {{ main: HTMLElement, words: HTMLElement, picture: HTMLElement }} parts
 */
export function fit(page, { main, words, picture }) {
  for (const room of ROOMS) {
    page.dataset.room = room;
    fitWords(main, words);
    if (fits(words) && fits(picture)) break;
  }
}

/**
 * Make the column of the words wider, then number and sentence smaller, until the words fit.
 * @param {HTMLElement} main
 * @param {HTMLElement} words its column
 */
function fitWords(main, words) {
  const widest = WIDTHS[WIDTHS.length - 1];
  const tries = [
    ...WIDTHS.map((width) => ({ width, share: 1 })),
    ...SHARES.slice(1).map((share) => ({ width: widest, share })),
  ];
  for (const { width, share } of tries) {
    main.style.setProperty("--words", String(width));
    words.style.setProperty("--fit", String(share));
    narrow(words.querySelector(".number"));
    if (fits(words)) break;
  }
}

/** @param {HTMLElement} element */
function fits(element) {
  return element.scrollHeight <= element.clientHeight + 1;
}

/**
 * Make a number smaller that is wider than its column.
 * @param {Element | null} number
 */
function narrow(number) {
  if (!(number instanceof HTMLElement)) return;
  number.style.setProperty("--narrow", "1");
  const share = number.clientWidth / number.scrollWidth;
  number.style.setProperty("--narrow", String(Math.min(1, share)));
}
