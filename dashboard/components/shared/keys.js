// @ts-check
// Keys of a component: what it answers goes no further, everything else is the page's.

import { h } from "./dom.js";

/**
 * @typedef {(event: KeyboardEvent) => (() => void) | null | undefined} ActionOf what a key does
 */

/**
 * Act on a key; chords with Ctrl, Meta or Alt belong to the browser.
 * @param {KeyboardEvent} event
 * @param {ActionOf} actionOf
 */
export function press(event, actionOf) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = actionOf(event);
  if (!act) return;
  event.stopPropagation();
  event.preventDefault();
  act();
}

const TYPED = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select";

/**
 * Return whether a key is meant for a field, where letters are text.
 * @param {KeyboardEvent} event
 */
export function isTyped(event) {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  return target.matches(TYPED) || target.isContentEditable;
}

/**
 * Show an element alone on the screen, or the page again.
 * @param {HTMLElement} element
 */
export function toggleFullScreen(element) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element.requestFullscreen?.().catch(() => {}); // where a browser refuses, the page stays
}

/**
 * Return the list of keys that is open over `parent`, null if none is.
 * @param {HTMLElement} parent
 */
export function openHelp(parent) {
  return parent.querySelector(".help");
}

/**
 * Open or close the list of keys over `parent`.
 * @param {HTMLElement} parent
 * @param {[key: string, meaning: string][]} keys
 */
export function toggleHelp(parent, keys) {
  const open = openHelp(parent);
  if (open) open.remove();
  else {
    const lines = keys.map(([key, meaning]) => h("p", {}, h("kbd", { text: key }), " ", meaning));
    parent.append(h("div", { class: "help", role: "dialog", "aria-label": "Keys" }, ...lines));
  }
}
