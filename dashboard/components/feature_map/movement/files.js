// @ts-check
// Positions of the feature map, one file a step, each fetched once.

import { fetched } from "../../shared/fetch.js";

/** Files of one projection. */
export class Positions {
  /**
   * @param {string} folder address of the projection
   * @param {() => void} onLoad called after each file
   */
  constructor(folder, onLoad) {
    this.folder = folder;
    this.onLoad = onLoad;
    /** @type {Map<number, Promise<Int16Array | null>>} */
    this.asked = new Map();
    /** @type {Map<number, Int16Array>} */
    this.known = new Map();
  }

  /**
   * Return the positions of a step, (2 * (N + K),), x and y by turns; null if there are none.
   * @param {number} step
   */
  fetch(step) {
    const reading = this.asked.get(step) ?? this.read(step);
    this.asked.set(step, reading);
    return reading;
  }

  /**
   * Return them if they are here already.
   * @param {number} step
   */
  at(step) {
    return this.known.get(step);
  }

  /** @param {number} step */
  async read(step) {
    try {
      const answer = await fetched(`${this.folder}/${step}.bin`);
      const positions = decodePositions(await answer.arrayBuffer());
      this.known.set(step, positions);
      this.onLoad();
      return positions;
    } catch {
      this.asked.delete(step);
      return null;
    }
  }
}

/**
 * Return the numbers of a position file: int16, little-endian as every browser is, no header.
 * @param {ArrayBuffer} content
 */
export function decodePositions(content) {
  return new Int16Array(content, 0, content.byteLength >> 1);
}
