// @ts-check
// What a link says of the feature map: what is seen of it, in map units, and what is circled.

import { numberIn } from "../../shared/link.js";
import { outline, select } from "../selecting.js";
import { View } from "./view.js";

/**
 * @typedef {import("../map.js").FeatureMap} FeatureMap
 * @typedef {import("../types.js").Place} Place
 */

const FAR = 32768; // map units: no place is farther out
const MOST_CORNERS = 400;

/** Brings a map into the state of a link, once, and says its state for another. */
export class Linked {
  /**
   * @param {FeatureMap} map
   * @param {{ [name: string]: unknown }} asked what the address says
   */
  constructor(map, asked) {
    this.map = map;
    this.asked = asked;
  }

  /** How the map stands: center and width of what is seen, if somebody chose it, and the shape. */
  state() {
    const { camera, shape, data } = this.map;
    const [width, height] = camera.size;
    const seen = camera.isChosen ? camera.view : null;
    const center = seen?.toUnits([width / 2, height / 2]).map(Math.round);
    return {
      layout: data.layout,
      ...(seen && { center, width: Math.round(width / seen.zoom) }),
      ...(shape && { shape: shape.polygon, step: shape.step }),
    };
  }

  /** Do what was asked for, if the map is the same, as soon as its first positions are here. */
  restore() {
    const { map, asked } = this;
    const [wide, high] = map.camera.size;
    if (!asked.layout || !wide) return;
    this.asked = {};
    if (asked.layout !== map.data.layout) return;
    const center = placeOf(asked.center);
    const width = numberIn(asked.width, 1, 4 * FAR);
    if (center && width) {
      const zoom = wide / width;
      map.look(new View(zoom, wide / 2 - center[0] * zoom, high / 2 + center[1] * zoom));
    }
    const corners = Array.isArray(asked.shape) ? asked.shape.slice(0, MOST_CORNERS) : [];
    const polygon = corners.map(placeOf).filter((place) => place !== null);
    if (polygon.length < 3 || asked.step !== map.shown || map.shape) return;
    if (map.data.selects) outline(map, polygon);
    else select(map, polygon);
  }
}

/**
 * @param {unknown} value
 * @returns {Place | null}
 */
function placeOf(value) {
  if (!Array.isArray(value)) return null;
  const [x, y] = [numberIn(value[0], -FAR, FAR), numberIn(value[1], -FAR, FAR)];
  return x === null || y === null ? null : [x, y];
}
