// @ts-check
// Before and after of an image, and buttons for other images.

import { needsPatterns } from "../../label_maps/entries.js";
import { photo } from "../../label_maps/photo.js";
import { segmented } from "../../shared/controls.js";
import { h } from "../../shared/dom.js";
import { Curtain } from "./curtain.js";
import { failed, maskLayer } from "./images.js";

/**
 * @typedef {import("../types.js").Context} Context
 * @typedef {import("../types.js").Wipe} Wipe
 * @typedef {import("../types.js").WipeImage} WipeImage
 */

const TABS = {
  improved: "more improved",
  typical: "typical",
  harmed: "harmed",
  least: "least gain", // stands in for "harmed" where no image lost
};
const PATH = [100, 6, 50]; // of the handle when it moves by itself

/**
 * Return the image to show.
 * @param {Wipe} wipe
 * @param {string} key
 */
export function imageOf(wipe, key) {
  const find = (/** @type {string} */ wanted) => wipe.images.find((one) => one.key === wanted);
  return find(key) ?? find(wipe.chosen) ?? wipe.images[0];
}

/**
 * Return the wipe; null if there is no image to show.
 * @param {Wipe | null} wipe
 * @param {Context} context
 * @returns {import("../types.js").Drawn | null}
 */
export function wipePicture(wipe, context) {
  if (!wipe?.images.length) return null;
  const { memory } = context;
  const curtain = new Curtain(wipe, "Wipe between before and after, percent", (share) => {
    memory.share = share;
  });
  const tools = h("div", { class: "wipe-tools" });
  const caption = h("p", { class: "caption" });
  const fit = h("div", { class: "fit" }, curtain.element);
  const element = h("div", { class: "wiped" }, tools, caption, fit);

  async function show() {
    if (!wipe) return;
    const image = imageOf(wipe, memory.image.value);
    const hadFocus = tools.contains(document.activeElement);
    const pressed = document.activeElement?.getAttribute("data-tool");
    tools.replaceChildren(...toolsOf(wipe, image));
    if (hadFocus) refocus(tools, pressed);
    caption.textContent = [image.label, image.caption].filter(Boolean).join(" · ");
    element.dataset.image = image.key;
    await drawImage(curtain, image, context, () => element.dataset.image === image.key);
  }

  /**
   * @param {Wipe} all
   * @param {WipeImage} image
   */
  function toolsOf({ images }, image) {
    const tabs = /** @type {WipeImage["tab"][]} */ (Object.keys(TABS)).filter((tab) =>
      images.some((one) => one.tab === tab),
    );
    const options = tabs.map((tab) => ({ value: tab, label: tabLabel(images, image, tab) }));
    const buttons = segmented("Picture shown", options, image.tab, (tab) => {
      context.choose(nextOf(images, image, tab).key);
      show();
    });
    const truth = h("button", {
      type: "button",
      class: "quiet",
      text: "truth",
      "data-tool": "truth",
      "aria-pressed": String(memory.truth),
      title: "Put the truth in place of the state before",
      onclick: () => {
        memory.truth = !memory.truth;
        show();
      },
    });
    [...buttons.children].forEach((button, i) => {
      button.setAttribute("data-tool", tabs[i]);
    });
    return [images.length > 1 ? buttons : null, image.truth ? truth : null].filter((one) => !!one);
  }

  const ready = show().then(() => {
    curtain.place(memory.share);
    if (!memory.moved && curtain.scene) curtain.travel(PATH);
    memory.moved = true;
  });
  return { element, ready, destroy: () => curtain.destroy() };
}

/**
 * @param {Curtain} curtain
 * @param {WipeImage} image
 * @param {Context} context
 * @param {() => boolean} isWanted false once another image was chosen
 */
async function drawImage(curtain, image, { data, memory }, isWanted) {
  const isTruth = memory.truth && image.truth !== null;
  const left = isTruth ? "truth" : "before";
  try {
    const [input, front, back] = await Promise.all([
      photo(image.photo),
      maskLayer(isTruth && image.truth ? image.truth : image.before, data),
      maskLayer(image.after, data),
    ]);
    if (!isWanted()) return;
    curtain.show({
      photo: input,
      patterns: needsPatterns(data),
      front: { layer: front, label: left, text: `${image.label}, ${left}` },
      back: { layer: back, label: "after adaptation", text: `${image.label}, after adaptation` },
    });
  } catch (error) {
    if (isWanted()) curtain.say(failed(error));
  }
}

/**
 * @param {WipeImage[]} images
 * @param {WipeImage} shown
 * @param {WipeImage["tab"]} tab
 */
function tabLabel(images, shown, tab) {
  const same = images.filter((one) => one.tab === tab);
  if (shown.tab !== tab || same.length === 1) return TABS[tab];
  const place = `${same.indexOf(shown) + 1} of ${same.length}`;
  return same.length === images.length ? `picture ${place}` : `${TABS[tab]}, ${place}`;
}

/**
 * Return the first image of another tab, the next one of the same.
 * @param {WipeImage[]} images
 * @param {WipeImage} shown
 * @param {string} tab
 */
function nextOf(images, shown, tab) {
  const same = images.filter((one) => one.tab === tab);
  return same[(same.indexOf(shown) + 1) % same.length];
}

/**
 * @param {HTMLElement} tools
 * @param {string | null | undefined} pressed
 */
function refocus(tools, pressed) {
  const same = tools.querySelector(`[data-tool="${pressed}"]`);
  if (same instanceof HTMLElement) same.focus({ preventScroll: true });
}
