// @ts-check
// Controls of the feature map: tools above it, the legend below it, keys.

import { h } from "../../shared/dom.js";
import { openHelp, toggleFullScreen, toggleHelp } from "../../shared/keys.js";
import { saveMap, saveNumbers } from "../saving.js";
import { clear } from "../selecting.js";

/**
 * @typedef {import("../map.js").FeatureMap} FeatureMap
 * @typedef {import("../types.js").Tool} Tool
 */

/** @type {[tool: Tool, text: string, title: string][]} */
const TOOLS = [
  ["lasso", "Lasso  s", "Circle points (s)"],
  ["box", "Box  b", "Box around points (b)"],
  ["pan", "Pan  g", "Move the map (g)"],
];
/** @type {[key: string, meaning: string][]} */
const KEYS = [
  ["← →", "step back, step on; with Shift by ten"],
  ["Home End", "first and last step"],
  ["Space", "play, stop"],
  ["s", "lasso"],
  ["b", "box"],
  ["g", "pan"],
  ["+ - 0", "zoom in, out, fit"],
  ["wheel", "zoom at the pointer"],
  ["Shift", "while circling: adds to the selection"],
  ["Ctrl", "while circling: takes away (or ⌘)"],
  ["Ctrl Z", "undo the last change of the selection (or ⌘ Z)"],
  ["right button", "moves the map, whatever tool is chosen"],
  ["f", "full screen"],
  ["p", "presenter scale of the page"],
  ["Esc", "clear the selection"],
  ["?", "this list"],
];
const IN = 1.4; // factor of one zoom

/**
 * Draw the tools anew.
 * @param {FeatureMap} map
 */
export function drawTools(map) {
  const choices = TOOLS.map(([name, text, title]) =>
    button(text, title, () => map.choose(name), String(map.tool === name)),
  );
  map.title.textContent = map.data.title;
  map.title.hidden = !map.data.title;
  map.root.classList.toggle("twin", Boolean(map.data.twin));
  map.tools.replaceChildren(
    h("span", { class: "group" }, ...choices),
    h("span", { class: "count", text: map.data.counted, hidden: Boolean(map.data.twin) }),
    h(
      "span",
      { class: "end" },
      button("+", "Zoom in (+)", () => map.zoom(IN)),
      button("−", "Zoom out (-)", () => map.zoom(1 / IN)),
      button("Fit", "Show everything (0)", () => map.fit()),
      button("PNG", "The map as a picture", () => saveMap(map)),
      button("CSV", "Every pixel and prototype of this step", () => saveNumbers(map)),
      button("Full screen", "Full screen (f)", () => toggleFullScreen(map.root)),
      button("?", "Keys (?)", () => toggleHelp(map.stage, KEYS)),
    ),
  );
}

/**
 * @param {string} text
 * @param {string} title
 * @param {() => void} act
 * @param {string} [pressed] "true" or "false" where it is one of several choices
 */
function button(text, title, act, pressed) {
  return h("button", { type: "button", title, onclick: act, text, "aria-pressed": pressed });
}

/**
 * Return whether a key takes back the last change of the selection; the key goes no further then.
 * @param {KeyboardEvent} event
 */
export function undoes(event) {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
  if (isUndo) {
    event.preventDefault();
    event.stopPropagation();
  }
  return isUndo;
}

/**
 * Return what a key does on the map; Space on a button is the button's.
 * @param {FeatureMap} map
 * @param {KeyboardEvent} event
 */
export function actionOf(map, event) {
  const { player } = map;
  const far = event.shiftKey ? 10 : 1;
  /** @type {{ [key: string]: () => void }} */
  const actions = {
    ArrowLeft: () => player.go(player.at - far),
    ArrowRight: () => player.go(player.at + far),
    Home: () => player.go(0),
    End: () => player.go(player.steps.length - 1),
    " ": () => player.play(),
    s: () => map.choose("lasso"),
    b: () => map.choose("box"),
    g: () => map.choose("pan"),
    "+": () => map.zoom(IN),
    "-": () => map.zoom(1 / IN),
    0: () => map.fit(),
    f: () => toggleFullScreen(map.root),
    "?": () => toggleHelp(map.stage, KEYS),
    ...(openHelp(map.stage) ? { Escape: () => toggleHelp(map.stage, KEYS) } : {}),
    ...(!openHelp(map.stage) && map.data.selects ? { Escape: () => clear(map) } : {}),
  };
  const isOnButton = event.key === " " && event.target instanceof HTMLButtonElement;
  return map.view && !isOnButton && Object.hasOwn(actions, event.key) ? actions[event.key] : null;
}
