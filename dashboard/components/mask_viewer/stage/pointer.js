// @ts-check
// What the pointer does on the panes: drag the image or the wipe, zoom by wheel, name a pixel.

import { h, placeIn } from "../../shared/dom.js";
import { swatch } from "../panels/elements.js";
import { within } from "./view.js";

/**
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("../../label_maps/types.js").View} View
 */

/**
 * Connect the panes with the pointer.
 * @param {Stage} stage
 */
export function followPointer(stage) {
  const { element } = stage;
  /** @type {{ from: View, x: number, y: number } | null} */
  let grabbed = null;
  element.addEventListener("pointerdown", (event) => {
    const isImage = event.target instanceof HTMLCanvasElement;
    if (!stage.picture || event.button !== 0 || !isImage) return;
    grabbed = { from: stage.view, x: event.clientX, y: event.clientY };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!stage.picture) return;
    if (grabbed) drag(stage, stage.picture, event, grabbed);
    const found = grabbed ? null : pixelUnder(stage, stage.picture, event);
    stage.tip.hidden = !found;
    if (found) tell(stage, stage.picture, found, event);
  });
  element.addEventListener("pointerup", () => {
    grabbed = null;
  });
  element.addEventListener("pointerleave", () => {
    stage.tip.hidden = true;
  });
  element.addEventListener("wheel", (event) => turn(stage, event), { passive: false });
}

/**
 * Zoom with Ctrl or a pinch, or once zoomed in; else the page scrolls as usual.
 * @param {Stage} stage
 * @param {WheelEvent} event
 */
function turn(stage, event) {
  const isMeant = event.ctrlKey || event.metaKey || stage.view.zoom > 1;
  if (!stage.picture || !isMeant) return;
  event.preventDefault();
  stage.zoom(Math.exp(-event.deltaY / 300), pointUnder(stage, stage.picture, event));
}

/**
 * Move the image once zoomed in, else the wipe.
 * @param {Stage} stage
 * @param {Picture} picture
 * @param {PointerEvent} event
 * @param {{ from: View, x: number, y: number }} grabbed where the drag began
 */
function drag(stage, picture, event, { from, x, y }) {
  if (stage.view.zoom > 1) {
    const { scale } = pointUnder(stage, picture, event);
    const moved = {
      zoom: stage.view.zoom,
      x: from.x - (event.clientX - x) * scale,
      y: from.y - (event.clientY - y) * scale,
    };
    stage.lookAt(within(moved, picture.size));
  } else if (stage.act.look().mode === "wipe") {
    const box = stage.element.getBoundingClientRect();
    stage.wipe(((event.clientX - box.left) / box.width) * 100);
  }
}

/**
 * Return the point of the image under the pointer, and how many image pixels a pixel is wide.
 * @param {Stage} stage
 * @param {Picture} picture
 * @param {MouseEvent} event
 */
function pointUnder(stage, picture, event) {
  const left = stage.panes.left.canvas.getBoundingClientRect();
  const isLeft = event.clientX >= left.left && event.clientX < left.right;
  const isSideBySide = stage.act.look().mode === "side";
  const { canvas } = stage.panes[isSideBySide && isLeft ? "left" : "right"];
  const box = canvas.getBoundingClientRect();
  const scale = picture.size.width / box.width / stage.view.zoom;
  return {
    x: stage.view.x + (event.clientX - box.left) * scale,
    y: stage.view.y + (event.clientY - box.top) * scale,
    scale,
  };
}

/**
 * Return row and column under the pointer; null beside the image and on controls.
 * @param {Stage} stage
 * @param {Picture} picture
 * @param {MouseEvent} event
 */
function pixelUnder(stage, picture, event) {
  const { x, y } = pointUnder(stage, picture, event);
  const [row, column] = [Math.floor(y), Math.floor(x)];
  const { width, height } = picture.size;
  const isControl = event.target instanceof Element && event.target.closest(".zoom, .help");
  const isInside = row >= 0 && column >= 0 && row < height && column < width;
  return isInside && !isControl ? { row, column } : null;
}

/**
 * Say what is known of a pixel, beside the pointer.
 * @param {Stage} stage
 * @param {Picture} picture
 * @param {{ row: number, column: number }} pixel
 * @param {MouseEvent} event
 */
function tell({ tip, element, act }, picture, { row, column }, event) {
  const { word, lines } = picture.at(row, column);
  const place = `row ${row}, column ${column}${word ? ` · ${word}` : ""}`;
  tip.replaceChildren(
    h("div", { class: "place", text: place }),
    ...lines.map(({ name, id, sure }) => {
      const entry = act.entryOf(id);
      const text = entry.name + (sure === null ? "" : `, sure ${sure} %`);
      const label = h("span", { text: name });
      return h("div", { class: "line" }, label, swatch(entry.color), h("span", { text }));
    }),
  );
  const [x, y] = placeIn(element, event);
  const { clientWidth, clientHeight } = element;
  const left = x + 20 + tip.offsetWidth > clientWidth ? x - 20 - tip.offsetWidth : x + 20;
  const top = Math.min(y + 12, clientHeight - tip.offsetHeight - 4);
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}
