// @ts-check
// What somebody did in each panel; kept while the page lives.

import { numberIn } from "../shared/link.js";
import { Chosen } from "./chosen.js";

/**
 * @typedef {import("./types.js").Memory} Memory
 * @typedef {import("./types.js").Panel} Panel
 */

/** Memories by the key of the panel, told to links and taken from one. */
export class Memories {
  /** @type {Map<string, Memory>} */ known = new Map();

  /** @param {{ [panel: string]: unknown }} asked what the address says of panels */
  constructor(asked = {}) {
    this.asked = asked;
  }

  /**
   * Return what is known of a panel, its image as the page says.
   * @param {Panel} panel
   */
  of({ key, picture }) {
    const wipe = "wipe" in picture ? picture.wipe : null;
    const memory = this.known.get(key) ?? this.begin(key, wipe);
    this.known.set(key, memory);
    if (wipe) memory.image.adopt(wipe.chosen);
    return memory;
  }

  /**
   * Return a first memory: what a link asked for, where the panel has it.
   * @param {string} key
   * @param {import("./types.js").Wipe | null} wipe
   * @returns {Memory}
   */
  begin(key, wipe) {
    const asked = /** @type {{ [name: string]: unknown }} */ (Object(this.asked[key]));
    const share = numberIn(asked.share, 0, 100);
    const image = new Chosen("");
    if (wipe?.images.some((one) => one.key === asked.image)) image.choose(String(asked.image));
    return { share: share ?? 50, moved: share !== null, image, truth: asked.truth === true };
  }

  /** Return how the panels seen so far stand, for a link. */
  state() {
    return Object.fromEntries(
      [...this.known].map(([key, { share, truth, image }]) => [
        key,
        { share, truth, image: image.value },
      ]),
    );
  }
}
