// @ts-check
// The masks as they are seen as a picture, and the scores of all images as a table.

import * as saved from "../shared/files/saved.js";

const HEADS = ["image", "domain", "miou_before", "miou_after", "change"];

/**
 * @param {Element} stage
 * @param {import("./types.js").ImageInfo} image
 * @param {number} step
 */
export function savePicture(stage, { name }, step) {
  saved.savePicture(stage, `${name}-step-${step}`);
}

/**
 * Save mIoU of every image in percent, counted over the classes in it; empty where it has no truth.
 * @param {import("./types.js").MaskData} data
 */
export function saveScores({ images, domains, step }) {
  const labels = new Map(domains.map(({ value, label }) => [value, label]));
  const rows = images.map(({ name, domain, before, after, gain }) => [
    name,
    labels.get(domain) ?? domain,
    before ?? "",
    after ?? "",
    gain ?? "",
  ]);
  saved.saveTable(HEADS, rows, `images-step-${step}`);
}
