// @ts-check
// The keys of the mask viewer.

import { openHelp, press, toggleFullScreen, toggleHelp } from "../shared/keys.js";
import { layersOf, NAMES } from "./stage/layers.js";

/** @typedef {import("./viewer.js").Viewer} Viewer */

/** @type {[key: string, meaning: string][]} */
const KEYS = [
  ["← →", "previous and next image"],
  ["Home End", "first and last image"],
  ["[ ]", "move the wipe by 5 %"],
  ["1 to 6", "layer on the right, with Shift on the left"],
  ["+ - 0", "zoom in, out, fit"],
  ["Ctrl wheel", "zoom at the pointer; drag moves"],
  ["f", "full screen"],
  ["p", "presenter scale of the page"],
  ["?", "this list"],
  ["Esc", "close this list, then fit"],
];
const CONTROLS = "input, select"; // they have keys of their own

/**
 * Listen inside the viewer, and on the page as long as nothing else has the focus.
 * @param {Viewer} viewer
 * @returns {() => void} ends it
 */
export function followKeys(viewer) {
  const actionOf = (/** @type {KeyboardEvent} */ event) =>
    actions(viewer, event)[event.key] ?? layerAction(viewer, event);
  viewer.root.addEventListener("keydown", (event) => press(event, actionOf));
  const stop = new AbortController();
  const onPage = (/** @type {KeyboardEvent} */ event) => {
    if (document.activeElement === document.body) press(event, actionOf);
  };
  document.addEventListener("keydown", onPage, { signal: stop.signal });
  return () => stop.abort();
}

/**
 * @param {Viewer} viewer
 * @param {KeyboardEvent} event
 * @returns {{ [key: string]: () => void }}
 */
function actions(viewer, event) {
  const { stage } = viewer;
  const [target] = event.composedPath();
  const isControl = target instanceof Element && target.matches(CONTROLS);
  const moves = {
    ArrowLeft: () => viewer.step(-1),
    ArrowRight: () => viewer.step(1),
    Home: () => viewer.step(-Infinity),
    End: () => viewer.step(Infinity),
  };
  return {
    ...(isControl ? {} : moves),
    "[": () => stage.wipe(stage.act.look().wipe - 5),
    "]": () => stage.wipe(stage.act.look().wipe + 5),
    "+": () => stage.zoom(1.5),
    "-": () => stage.zoom(1 / 1.5),
    0: () => stage.fit(),
    f: () => toggleFullScreen(viewer.root),
    "?": () => toggleHelp(stage.element, KEYS),
    ...(openHelp(stage.element) ? { Escape: () => toggleHelp(stage.element, KEYS) } : {}),
    ...(!openHelp(stage.element) && stage.view.zoom > 1 ? { Escape: () => stage.fit() } : {}),
  };
}

/**
 * @param {Viewer} viewer
 * @param {KeyboardEvent} event
 */
function layerAction(viewer, event) {
  const digit = /^Digit([1-6])$/.exec(event.code)?.[1];
  const name = Object.keys(NAMES)[Number(digit) - 1];
  if (!name || !layersOf(viewer.data, viewer.image).includes(name)) return null;
  return () => viewer.set({ [event.shiftKey ? "left" : "right"]: name });
}
