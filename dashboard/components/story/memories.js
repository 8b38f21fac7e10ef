// @ts-check
// What somebody did in each panel; kept while the page lives.

import { Chosen } from "./chosen.js";

/**
 * @typedef {import("./types.js").Memory} Memory
 * @typedef {import("./types.js").Panel} Panel
 */

/** Memories by the key of the panel. */
export class Memories {
  /** @type {Map<string, Memory>} */ known = new Map();

  /**
   * Return what is known of a panel, its image as the page says.
   * @param {Panel} panel
   */
  of({ key, picture }) {
    const memory = this.known.get(key) ?? {
      share: 50,
      moved: false,
      image: new Chosen(""),
      truth: false,
    };
    this.known.set(key, memory);
    if ("wipe" in picture && picture.wipe) memory.image.adopt(picture.wipe.chosen);
    return memory;
  }
}
