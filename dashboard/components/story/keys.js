// @ts-check
// Keys, clickers and swipes of the story.

import { isTyped, openHelp, press, toggleHelp } from "../shared/keys.js";

/** @typedef {import("./story.js").Story} Story */

/** @type {[key: string, meaning: string][]} */
const KEYS = [
  ["→ Space PageDown", "next panel"],
  ["← PageUp", "panel before"],
  ["Home End", "first and last panel"],
  ["n", "speaker's notes"],
  ["p", "present, and leave"],
  ["f", "full screen"],
  ["?", "this list"],
  ["Esc", "close this list, then leave"],
];
const OWN_ARROWS = "input, select, textarea"; // controls with arrows of their own
const PRESSED = "button, a, select"; // what the space bar presses
const SWIPE = 48; // pixels

/**
 * Listen inside the story, and everywhere while it covers the window.
 * @param {Story} story
 * @returns {() => void} ends it
 */
export function followKeys(story) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Tab" && story.isPresent) keepFocus(story.root, event);
    press(event, () => actionOf(story, event));
  };
  story.root.addEventListener("keydown", onKey);
  followSwipes(story);
  const stop = new AbortController();
  const onPage = (/** @type {KeyboardEvent} */ event) => {
    const isInside = event.target instanceof Node && story.root.contains(event.target);
    if (!isInside && (story.isPresent || (event.key === "p" && !isTyped(event)))) onKey(event);
  };
  document.addEventListener("keydown", onPage, { signal: stop.signal, capture: true });
  return () => stop.abort();
}

/** @param {Story} story */
export function toggleKeys(story) {
  toggleHelp(story.root, KEYS);
}

/**
 * @param {Story} story
 * @param {KeyboardEvent} event
 */
function actionOf(story, event) {
  const [target] = event.composedPath();
  const on = (/** @type {string} */ what) => target instanceof Element && target.matches(what);
  if (isTyped(event)) return null;
  const next = () => story.go(story.number + 1);
  const back = () => story.go(story.number - 1);
  /** @type {{ [key: string]: () => void }} */
  const arrows = {
    ArrowRight: next,
    ArrowLeft: back,
    Home: () => story.go(1),
    End: () => story.go(Infinity),
  };
  /** @type {{ [key: string]: (() => void) | null }} */
  const actions = {
    ...(on(OWN_ARROWS) ? {} : arrows),
    " ": on(PRESSED) ? null : next,
    PageDown: next,
    PageUp: back,
    n: () => story.toggleNotes(),
    p: () => story.present(!story.isPresent),
    f: () => story.toggleFullScreen(),
    "?": () => toggleKeys(story),
    Escape: escapeOf(story),
  };
  return actions[event.key];
}

/** @param {Story} story */
function escapeOf(story) {
  if (openHelp(story.root)) return () => toggleKeys(story);
  return story.isPresent ? () => story.present(false) : null;
}

/**
 * Let Tab go round inside while the rest of the page is covered.
 * @param {HTMLElement} root
 * @param {KeyboardEvent} event
 */
function keepFocus(root, event) {
  const all = [...root.querySelectorAll("button, a[href], input")].filter(
    (one) => one instanceof HTMLElement && one.checkVisibility(),
  );
  const active = document.activeElement;
  const at = active ? all.indexOf(active) : -1;
  const isOut = at < 0 && active !== root;
  const isEnd = event.shiftKey ? at <= 0 : at === all.length - 1;
  if (!isOut && !isEnd) return;
  event.preventDefault();
  const goal = all[event.shiftKey ? all.length - 1 : 0];
  if (goal instanceof HTMLElement) goal.focus();
}

/**
 * A swipe to the left goes on, one to the right goes back; not on the wipe and not on the cards.
 * @param {Story} story
 */
function followSwipes(story) {
  const { root } = story;
  /** @type {{ x: number, y: number, id: number } | null} */
  let from = null;
  root.addEventListener("pointerdown", (event) => {
    const isFree =
      event.target instanceof Element && !event.target.closest(".curtain, .strip, .help");
    from = null;
    if (event.pointerType !== "touch" || !event.isPrimary || !isFree) return;
    from = { x: event.clientX, y: event.clientY, id: event.pointerId };
  });
  root.addEventListener("pointerup", (event) => {
    if (!from || from.id !== event.pointerId) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    from = null;
    if (Math.abs(dx) < SWIPE || Math.abs(dx) < 2 * Math.abs(dy)) return;
    story.go(story.number + (dx < 0 ? 1 : -1));
  });
  root.addEventListener("pointercancel", () => {
    from = null;
  });
}
