// @ts-check
// The pictures by their kind: each as large as its room, and each small, for a card.

import { mapsPicture, mapsThumb } from "./maps.js";
import { pairPicture, pairThumb } from "./pair.js";
import { rulerPicture, rulerThumb } from "./ruler.js";
import { squaresPicture, squaresThumb } from "./squares.js";
import { weakPicture, weakThumb } from "./weak.js";

/**
 * @typedef {import("../types.js").Context} Context
 * @typedef {import("../types.js").Picture} Picture
 * @typedef {import("../types.js").StoryData} StoryData
 */

/**
 * Return the picture of a panel; null if it has nothing to show.
 * @param {Picture} picture
 * @param {Context} context
 */
export function pictureOf(picture, context) {
  if (picture.kind === "pair") return pairPicture(picture, context);
  if (picture.kind === "maps") return mapsPicture(picture, context);
  if (picture.kind === "squares") return squaresPicture(picture, context);
  if (picture.kind === "weak") return weakPicture(picture, context);
  if (picture.kind === "ruler") return rulerPicture(picture);
  return null;
}

/**
 * Return the small picture of a panel; null if it has nothing to show.
 * @param {Picture} picture
 * @param {StoryData} data
 */
export function thumbOf(picture, data) {
  if (picture.kind === "pair") return pairThumb(picture, data);
  if (picture.kind === "maps") return mapsThumb(picture, data);
  if (picture.kind === "squares") return squaresThumb(picture);
  if (picture.kind === "weak") return weakThumb(picture, data);
  if (picture.kind === "ruler") return rulerThumb(picture);
  return null;
}
