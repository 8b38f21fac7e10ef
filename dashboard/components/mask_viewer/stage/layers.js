// @ts-check
// Which layers there are of a probe image, what they are called and where their files lie.

import { stepText } from "../../shared/dom.js";

/**
 * @typedef {import("../types.js").MaskData} MaskData
 * @typedef {import("../types.js").ImageInfo} ImageInfo
 */

/** @type {{ [layer: string]: string }} */
export const NAMES = {
  input: "Input",
  truth: "Truth",
  before: "Before",
  after: "After",
  change: "Change",
  confidence: "Confidence",
};

/**
 * Return where a mask lies.
 * @param {{ base: string, version: string }} run
 * @param {string} key of the image, `.confidence` appended for its confidence
 * @param {number} step
 */
export function maskUrl({ base, version }, key, step) {
  return `${base}/snapshots/${step}/masks/${encodeURIComponent(key)}.png?v=${version}`;
}

/**
 * Return the layers that exist for an image, in the order of the rail.
 * @param {MaskData} data
 * @param {ImageInfo} image
 */
export function layersOf(data, image) {
  return Object.keys(NAMES).filter((name) => {
    if (name === "truth") return image.has_label;
    if (name === "before") return data.before !== null;
    if (name === "change") return image.has_label && data.before !== null;
    return true;
  });
}

/**
 * Return the choices of the two lists: the layers, then every other snapshot as "step:500".
 * @param {MaskData} data
 * @param {ImageInfo} image
 * @returns {import("../types.js").Choice[]}
 */
export function choicesOf(data, image) {
  const named = layersOf(data, image).map((value) => ({ value, label: layerLabel(data, value) }));
  const others = data.steps
    .filter((step) => step !== data.step && step !== data.before)
    .map((step) => ({ value: `step:${step}`, label: `Step ${stepText(step)}` }));
  return [...named, ...others];
}

/**
 * Return whether a layer is called by the runs it comes from where there are two.
 * @param {string} name
 * @returns {name is "before" | "after" | "change"}
 */
function isNamed(name) {
  return ["before", "after", "change"].includes(name);
}

/**
 * Return "Before, step 2,000", "After, 4,750", "Input", "Step 500".
 * @param {MaskData} data
 * @param {string} name
 */
export function layerLabel({ before, step, others }, name) {
  if (others && isNamed(name)) return others.names[name];
  if (name === "before" && before !== null) return `Before, step ${stepText(before)}`;
  if (name === "after" && before === null) return `Now, step ${stepText(step)}`;
  if (name === "after") return `After, ${stepText(step)}`;
  if (name.startsWith("step:")) return `Step ${stepText(Number(name.slice(5)))}`;
  return NAMES[name];
}

/**
 * Return the short name of a layer; without a state before, "after" is simply now.
 * @param {MaskData} data
 * @param {string} name
 */
export function layerTitle(data, name) {
  if (data.others && isNamed(name)) return data.others.names[name];
  if (name === "after" && data.before === null) return "Now";
  return NAMES[name] ?? layerLabel(data, name);
}
