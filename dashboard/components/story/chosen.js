// @ts-check
// A value that the page sets and somebody changes: their choice counts until the page says it, too.

/** @template T */
export class Chosen {
  /** @type {T | undefined} */ asked = undefined; // what the page was told and has not said yet

  /** @param {T} value */
  constructor(value) {
    this.value = value;
  }

  /**
   * Take what the page says, unless it answers an older choice than the last one.
   * @param {T} said
   */
  adopt(said) {
    if (this.asked !== undefined && said !== this.asked) return;
    this.asked = undefined;
    this.value = said;
  }

  /** @param {T} value */
  choose(value) {
    this.value = this.asked = value;
  }
}
