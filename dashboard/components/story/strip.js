// @ts-check
// The panels as cards: each with its picture, small, and its number.

import { h } from "../shared/dom.js";
import { mapsThumb } from "./maps.js";
import { pairThumb } from "./pair.js";
import { rulerThumb } from "./ruler.js";
import { squaresThumb } from "./squares.js";
import { weakThumb } from "./weak.js";

/**
 * @typedef {import("./types.js").Panel} Panel
 * @typedef {import("./types.js").StoryData} StoryData
 */

/**
 * Return the small picture of a panel; null if it has nothing to show.
 * @param {Panel} panel
 * @param {StoryData} data
 */
function thumbOf({ picture }, data) {
  if (picture.kind === "pair") return pairThumb(picture, data);
  if (picture.kind === "maps") return mapsThumb(picture, data);
  if (picture.kind === "squares") return squaresThumb(picture);
  if (picture.kind === "weak") return weakThumb(picture, data);
  if (picture.kind === "ruler") return rulerThumb(picture);
  return null;
}

/**
 * Return the cards.
 * @param {StoryData} data
 * @param {(number: number) => void} go to a panel, from 1
 */
export function cards(data, go) {
  return data.panels.map((panel, i) => {
    const small = thumbOf(panel, data) ?? h("b", { class: "blank", text: i + 1 });
    return h(
      "button",
      { type: "button", class: "card", "data-card": i + 1, onclick: () => go(i + 1) },
      h("span", { class: "thumb", "aria-hidden": "true" }, small),
      h("span", { class: "card-kicker", text: `${i + 1} · ${panel.kicker}` }),
      h("b", { text: panel.card.number }),
      h("span", { class: "card-caption", text: panel.card.caption }),
    );
  });
}
