// @ts-check
// Which classes are shown: what the page says, unless somebody has just chosen others.

/** @typedef {import("../../label_maps/types.js").ClassInfo} ClassInfo */

/** The classes hidden at the moment. */
export class VisibleClasses {
  /** @type {ClassInfo[]} */ classes = [];
  /** @type {Set<number>} */ hidden = new Set();
  /** @type {string | null} */ adopted = null; // what the page said last
  /** @type {string | null} */ asked = null; // what the page was told and has not said yet

  /**
   * Take what the page says and return whether that changed anything.
   * @param {ClassInfo[]} classes
   * @param {string[]} names of the classes to show; empty for all
   */
  adopt(classes, names) {
    this.classes = classes;
    const told = JSON.stringify(names);
    if (told === this.adopted || (this.asked && this.asked !== told)) return false;
    this.asked = null;
    this.adopted = told;
    const hidden = classes.filter((info) => names.length && !names.includes(info.name));
    this.hidden = new Set(hidden.map((info) => info.id));
    return true;
  }

  /** @param {number} id */
  toggle(id) {
    if (!this.hidden.delete(id)) this.hidden.add(id);
  }

  /**
   * Show only one class; all, if it was alone (the first of two clicks has just hidden it).
   * @param {number} id
   */
  isolate(id) {
    const wasAlone = this.hidden.size === this.classes.length;
    const others = this.classes.filter((info) => !wasAlone && info.id !== id);
    this.hidden = new Set(others.map((info) => info.id));
  }

  /** Return the names to tell the page; empty for all. */
  tell() {
    const shown = this.classes.filter((info) => !this.hidden.has(info.id));
    const names = shown.length === this.classes.length ? [] : shown.map((info) => info.name);
    this.adopted = this.asked = JSON.stringify(names);
    return names;
  }
}
