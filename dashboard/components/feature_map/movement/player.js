// @ts-check
// The step player below the feature map: back, play, on, and a slider with marks of rebuilt maps.

import { h, stepText } from "../../shared/dom.js";

const PLAY_MS = 700;
const TELL_AFTER_MS = 350; // so that a key held down does not rerun the page at every step

/** Chooses one of the projected steps. */
export class Player {
  /**
   * @param {object} act
   * @param {(step: number) => Promise<void>} act.show called at every move
   * @param {(step: number) => void} act.tell called when somebody has come to rest on a step
   */
  constructor(act) {
    this.act = act;
    /** @type {number[]} */
    this.steps = [];
    this.at = -1;
    /** @type {number | undefined} */
    this.playing = undefined;
    /** @type {number | undefined} */
    this.telling = undefined;
    this.slider = h("input", {
      type: "range",
      min: 0,
      step: 1,
      "aria-label": "Snapshot",
      oninput: () => this.go(Number(this.slider.value)),
    });
    this.playButton = button("Play", "Play, stop (Space)", () => this.play(), "main");
    this.marks = h("div", { class: "refits", "aria-hidden": "true" });
    this.label = h("b");
    this.element = h(
      "div",
      { class: "player", "data-left-out": "" },
      button("‹", "Step back (←)", () => this.go(this.at - 1)),
      this.playButton,
      button("›", "Step on (→)", () => this.go(this.at + 1)),
      h("div", { class: "track" }, this.marks, this.slider),
      this.label,
    );
  }

  /** The step it stands at, undefined before there is one. */
  get step() {
    return this.steps[this.at];
  }

  /**
   * Take the steps there are and go to `step`, unless somebody is on the way elsewhere.
   * @param {number[]} steps rising
   * @param {number} step
   * @param {number[]} refits steps at which the map was built anew
   */
  update(steps, step, refits) {
    this.steps = steps;
    this.slider.max = String(Math.max(0, steps.length - 1));
    const last = Math.max(1, steps.length - 1);
    this.marks.replaceChildren(
      ...refits.map((refit) =>
        h("i", {
          title: `Map built anew at step ${stepText(refit)}`,
          style: { left: `${(100 * steps.indexOf(refit)) / last}%` },
        }),
      ),
    );
    const wanted = steps.indexOf(step);
    const isBusy = this.playing !== undefined || this.telling !== undefined;
    return this.moveTo(isBusy ? this.at : wanted < 0 ? steps.length - 1 : wanted);
  }

  /**
   * Go where somebody wants to go.
   * @param {number} index into the steps; beyond an end it is that end
   */
  go(index) {
    const before = this.at;
    this.moveTo(index);
    if (this.at === before) return;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.telling = undefined;
      this.act.tell(this.step);
    }, TELL_AFTER_MS);
  }

  /** Play on from here, from the start at the end, or stop. */
  play() {
    if (this.playing === undefined) {
      if (this.at >= this.steps.length - 1) this.go(0);
      this.playing = setInterval(() => this.playOn(), PLAY_MS);
    } else this.stop();
    this.playButton.textContent = this.playing === undefined ? "Play" : "Stop";
  }

  playOn() {
    this.go(this.at + 1);
    if (this.at >= this.steps.length - 1) this.play();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = undefined;
  }

  /** @param {number} index */
  moveTo(index) {
    this.at = Math.min(this.steps.length - 1, Math.max(0, index));
    this.slider.value = String(this.at);
    this.label.textContent = this.step === undefined ? "" : `Step ${stepText(this.step)}`;
    this.slider.setAttribute("aria-valuetext", this.label.textContent);
    return this.step === undefined ? Promise.resolve() : this.act.show(this.step);
  }

  destroy() {
    this.stop();
    clearTimeout(this.telling);
  }
}

/**
 * @param {string} text
 * @param {string} title
 * @param {() => void} act
 * @param {string} [kind] class of the style sheet
 */
function button(text, title, act, kind) {
  return h("button", {
    type: "button",
    class: kind,
    title,
    "aria-label": title,
    onclick: act,
    text,
  });
}
