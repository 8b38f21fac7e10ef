// @ts-check
// A wipe: one picture over another, its right part cut off at a divider that can be moved.

import { icon } from "../shared/controls.js";
import { h } from "../shared/dom.js";

/** The divider with its handle, and the range that moves it by touch and keys. */
export class WipeHandle {
  /**
   * @param {HTMLElement} front the picture left of the divider
   * @param {string} label what the range is called
   * @param {(share: number) => void} moved called with percent of the width
   */
  constructor(front, label, moved) {
    this.front = front;
    this.divider = h("div", { class: "divider" }, h("span", {}, icon("wipe")));
    this.range = h("input", {
      type: "range",
      class: "wipe",
      min: 0,
      max: 100,
      step: 0.5,
      "aria-label": label,
      oninput: () => moved(Number(this.range.value)),
    });
  }

  /**
   * @param {number} share percent of the width
   * @param {boolean} [isWiping] false shows the whole front
   */
  place(share, isWiping = true) {
    this.front.style.clipPath = isWiping ? `inset(0 ${100 - share}% 0 0)` : "none";
    this.divider.style.left = `${share}%`;
    this.range.value = String(share);
  }
}

/** The look of a wipe, to be nested below the root of a component that has `--accent`. */
export const WIPE_STYLE = `
.divider { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: #fff;
  box-shadow: 0 0 0 1px #0004; pointer-events: none; }
.divider span { position: absolute; top: 50%; left: 1px; transform: translate(-50%, -50%);
  display: grid; place-items: center; width: 36px; height: 36px; border-radius: 50%;
  background: #fff; color: #151A21; box-shadow: 0 0 0 1px #0003; }
.wipe { position: absolute; top: 50%; left: -18px; width: calc(100% + 36px); height: 36px;
  margin: -18px 0 0; background: none; appearance: none; pointer-events: none; }
.wipe::-webkit-slider-runnable-track { background: none; }
.wipe::-moz-range-track { background: none; }
.wipe::-webkit-slider-thumb { appearance: none; pointer-events: auto; width: 36px; height: 36px;
  border-radius: 50%; background: transparent; cursor: ew-resize; }
.wipe::-moz-range-thumb { pointer-events: auto; width: 36px; height: 36px; border: 0;
  border-radius: 50%; background: transparent; cursor: ew-resize; }
& .wipe:focus-visible { outline: none; }
.wipe:focus-visible + .divider span { box-shadow: 0 0 0 3px var(--accent); }
`;
