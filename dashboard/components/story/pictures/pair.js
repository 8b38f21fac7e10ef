// @ts-check
// The same kind of scene in both domains, and what the model saw in it before.

import { needsPatterns } from "../../label_maps/entries.js";
import { photo } from "../../label_maps/photo.js";
import { h } from "../../shared/dom.js";
import { Curtain } from "./curtain.js";
import { drawSmall, failed, maskLayer } from "./images.js";
import { roomFor } from "./room.js";

/**
 * @typedef {import("../types.js").Context} Context
 * @typedef {import("../types.js").Drawn} Drawn
 * @typedef {import("../types.js").Pair} Pair
 * @typedef {import("../types.js").Side} Side
 * @typedef {import("../types.js").StoryData} StoryData
 */

const PATH = [0, 100, 50]; // of the handles when they move by themselves
const GAP = 24; // pixels between the photographs
const WORDS = { below: 60, beside: 170 }; // pixels for label and caption of one

/**
 * Return both photographs with the model's masks over their left parts; one handle moves both.
 * @param {Pair} picture
 * @param {Context} context
 * @returns {Drawn | null}
 */
export function pairPicture({ sides }, context) {
  if (!sides.length) return null;
  /** @type {{ curtain: Curtain, element: HTMLElement }[]} */
  const shown = [];
  const element = h("div", { class: "pair" });
  const moved = (/** @type {number} */ share) => {
    context.memory.share = share;
    for (const { curtain } of shown) {
      if (curtain.share !== share) curtain.place(share);
    }
  };
  const stop = () => {
    for (const { curtain } of shown) curtain.stop();
  };
  for (const event of ["pointerdown", "input"]) element.addEventListener(event, stop, true);
  const watch = new ResizeObserver(() => arrange(element, shown));
  const ready = Promise.all(sides.map((side) => load(side, context.data))).then((loaded) => {
    for (const one of loaded) shown.push(figure(one, context, moved));
    element.append(...shown.map((one) => one.element));
    arrange(element, shown);
    watch.observe(element);
    begin(shown, context.memory);
  });
  const destroy = () => {
    watch.disconnect();
    for (const { curtain } of shown) curtain.destroy();
  };
  return { element, ready, destroy };
}

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/**
 * @param {Side} side
 * @param {StoryData} data
 */
async function load(side, data) {
  try {
    const mask = side.mask ? maskLayer(side.mask, data) : null;
    const [input, layer] = await Promise.all([photo(side.photo), mask]);
    return { side, input, layer, error: "" };
  } catch (error) {
    return { side, input: null, layer: null, error: failed(error) };
  }
}

/**
 * @param {Loaded} loaded
 * @param {Context} context
 * @param {(share: number) => void} moved
 */
function figure({ side, input, layer, error }, { data }, moved) {
  const size = input ?? { width: 16, height: 9 };
  const label = `Wipe between the model's answer and the photograph, ${side.label}, percent`;
  const curtain = new Curtain(size, label, moved);
  if (input) {
    curtain.show({
      photo: input,
      patterns: needsPatterns(data),
      front: { layer, label: layer ? "what the model sees" : "", text: `${side.label}, mask` },
      back: { layer: null, label: layer ? "photograph" : "", text: `${side.label}, photograph` },
    });
  } else curtain.say(error);
  const words = [
    h("b", { text: side.label }),
    side.caption ? h("span", { text: side.caption }) : null,
  ];
  const caption = h("figcaption", {}, ...words);
  return { curtain, element: h("figure", {}, curtain.element, caption) };
}

/**
 * @param {{ curtain: Curtain }[]} shown
 * @param {import("../types.js").Memory} memory
 */
function begin(shown, memory) {
  const wiped = shown.map((one) => one.curtain).filter((one) => one.scene?.front.layer);
  for (const curtain of wiped) curtain.place(memory.share);
  if (!memory.moved && wiped.length) wiped[0].travel(PATH);
  for (const curtain of wiped) curtain.place(wiped[0].share);
  memory.moved = true;
}

/**
 * Put the photographs beside or below each other, whichever shows them larger.
 * @param {HTMLElement} element
 * @param {{ curtain: Curtain }[]} shown
 */
function arrange(element, shown) {
  const { width, height, isNarrow } = roomFor(element);
  const ratio = Math.min(...shown.map(({ curtain: { size } }) => size.width / size.height));
  const count = shown.length;
  const beside = (width - GAP * (count - 1)) / count;
  const wide = Math.min(beside, (height - WORDS.below) * ratio);
  const rows = (height - GAP * (count - 1)) / count;
  const below = Math.min(width - WORDS.beside, rows * ratio);
  const isBelow = !isNarrow && below > wide;
  element.classList.toggle("below", isBelow);
  element.classList.toggle("stacked", isNarrow);
  const chosen = isNarrow ? width : isBelow ? below : wide;
  element.style.setProperty("--wide", `${Math.max(0, Math.floor(chosen))}px`);
}

/**
 * Return the small picture: both photographs, the second one's mask over it.
 * @param {Pair} picture
 * @param {StoryData} data
 */
export function pairThumb({ sides }, data) {
  const element = h("div", { class: "halves" });
  for (const side of sides) {
    const canvas = h("canvas", { width: 240, height: 160 });
    element.append(canvas);
    drawSmall(canvas, side.photo, null, data).catch(() => canvas.remove());
  }
  return sides.length ? element : null;
}
