// @ts-check
// What a point is, beside the pointer: its picture at once, its classes, how sure the model is.

import { h } from "../../shared/dom.js";

/**
 * @typedef {import("../map.js").FeatureMap} FeatureMap
 * @typedef {import("../types.js").Place} Place
 */

const WIDE = 216; // pixels of the picture
const TALL = 120;
const LARGER = 4; // times, of a photograph of up to 512 pixels
const ROOM = 260; // pixels that the words need beside the pointer

/**
 * Say what a point is, beside the pointer; null hides it.
 * @param {FeatureMap} map
 * @param {number | null} index
 * @param {Place | null} place of the pointer
 */
export function tellPoint(map, index, place) {
  const { tip, data, rows, stage } = map;
  tip.hidden = index === null;
  if (index === null || !place) return;
  if (tip.dataset.point !== String(index)) {
    tip.dataset.point = String(index);
    const where = `${data.domains[rows.domain[index]]}, ${data.images[rows.image[index]]}`;
    const predicted = data.names[rows.predicted[index]];
    const picture = cropOf(map, index);
    tip.replaceChildren(
      ...(picture ? [picture] : []),
      h("b", { text: data.names[rows.class_id[index]] ?? "No label" }),
      h("span", { text: where }),
      h("span", { text: `predicted ${predicted}${sureText(rows.sure[index])}` }),
    );
  }
  const [x, y] = place;
  const isRight = x > stage.clientWidth - ROOM;
  const isLow = y > stage.clientHeight - tip.offsetHeight - 24;
  tip.style.left = `${isRight ? x - 14 - tip.offsetWidth : x + 14}px`;
  tip.style.top = `${isLow ? Math.max(4, y - 14 - tip.offsetHeight) : y + 14}px`;
}

/**
 * Return the photograph around a pixel, with a cross-hair on it; null where none came along.
 * @param {FeatureMap} map
 * @param {number} index
 */
function cropOf({ data, rows }, index) {
  const photo = data.photos[rows.image[index]];
  if (!photo) return null;
  const zoom = cropZoom(photo.width);
  const image = h("img", { src: photo.address, alt: "", width: photo.width * zoom });
  image.style.left = `${WIDE / 2 - (rows.column[index] + 0.5) * zoom}px`;
  image.style.top = `${TALL / 2 - (rows.row[index] + 0.5) * zoom}px`;
  return h("div", { class: "crop" }, image);
}

/**
 * Return how many times larger a photograph is shown: about an eighth of its width is seen.
 * @param {number} width
 */
export function cropZoom(width) {
  return Math.min(LARGER, Math.max(1, (8 * WIDE) / (2 * width)));
}

/**
 * Return how sure the model is, as the end of a sentence; nothing where it is not recorded (255).
 * @param {number} percent
 */
function sureText(percent) {
  return percent <= 100 ? `, sure ${percent} %` : "";
}
