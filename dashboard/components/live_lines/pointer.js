// @ts-check
// What the pointer does on a panel: zoom by dragging, values on hover.

import { placeIn, svg } from "../shared/dom.js";
import { nearest, numberText, placeText } from "./scale.js";

/** @typedef {import("./panel.js").Panel} Panel */

const SMALLEST_DRAG = 6; // pixels

/**
 * Connect a panel with the pointer.
 * @param {Panel} panel
 */
export function followPointer(panel) {
  const { svg: area, act } = panel;
  const picked = svg("rect", { class: "picked" });
  /** @type {number | null} */
  let from = null; // where a drag began, in pixels
  const at = (/** @type {MouseEvent} */ event) => placeIn(area, event)[0];
  area.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && at(event) < panel.right) from = at(event);
  });
  area.addEventListener("pointermove", (event) => {
    if (from !== null) {
      mark(picked, panel, from, at(event));
      area.append(picked);
    }
    hover(panel, at(event), event);
  });
  area.addEventListener("pointerup", (event) => {
    picked.remove();
    if (from !== null) zoom(panel, from, at(event));
    from = null;
  });
  area.addEventListener("pointerleave", () => {
    act.tip.hidden = true;
  });
  area.addEventListener("dblclick", () => act.zoomTo(null));
}

/**
 * @param {SVGRectElement} picked
 * @param {Panel} panel
 * @param {number} from
 * @param {number} to
 */
function mark(picked, { top, bottom }, from, to) {
  const box = { x: Math.min(from, to), width: Math.abs(to - from), y: top, height: bottom - top };
  for (const [name, value] of Object.entries(box)) picked.setAttribute(name, String(value));
}

/**
 * @param {Panel} panel
 * @param {number} from
 * @param {number} to
 */
function zoom(panel, from, to) {
  if (Math.abs(to - from) < SMALLEST_DRAG) return;
  const first = panel.stepAt(Math.max(Math.min(from, to), panel.left));
  panel.act.zoomTo([first, panel.stepAt(Math.min(Math.max(from, to), panel.right))]);
}

/**
 * @param {Panel} panel
 * @param {number} px
 * @param {PointerEvent} event
 */
function hover(panel, px, event) {
  const { tip } = panel.act;
  tip.hidden = px < panel.left || px > panel.right || !panel.shown.length;
  if (tip.hidden || !tip.parentElement) return;
  tip.textContent = valuesAt(panel, panel.stepAt(px));
  const { clientWidth } = tip.parentElement;
  tip.style.left = `${Math.min(px + 12, clientWidth - tip.offsetWidth - 4)}px`;
  tip.style.top = `${placeIn(tip.parentElement, event)[1] + 12}px`;
}

/**
 * Return the recorded values nearest to a step, one line each.
 * @param {Panel} panel
 * @param {number} step
 */
function valuesAt({ shown, drawing }, step) {
  const found = shown
    .map(({ name, x, y, raw }) => ({
      name: name || "Value",
      values: raw ?? y,
      x,
      i: nearest(x, step),
    }))
    .filter(({ i }) => i >= 0);
  const at = found.length ? found[0].x[found[0].i] : step;
  const lines = found.map(({ name, values, i }) => `${name} ${numberText(values[i], 4)}`);
  const place =
    drawing.axis === "step" ? placeText(Math.round(at), "step", true) : placeText(at, "time", true);
  return [place[0].toUpperCase() + place.slice(1), ...lines].join("\n");
}
