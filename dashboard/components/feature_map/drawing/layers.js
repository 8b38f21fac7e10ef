// @ts-check
// Layers of the map that are made of many points: regions behind them, lines of density on top.

import { brush } from "../../shared/dom.js";
import { UNPLACED } from "../movement/view.js";
import { densityLines } from "./density.js";
import { drawMarks } from "./marks.js";
import { regionCells } from "./regions.js";
import { sceneOf } from "./scene.js";

/**
 * @typedef {import("../map.js").FeatureMap} FeatureMap
 * @typedef {import("../movement/view.js").View} View
 * @typedef {import("../types.js").Place} Place
 * @typedef {CanvasRenderingContext2D} Context
 */

const SHARES = [0.5, 0.9];

/** Makes layers anew only where points, positions or choices are new. */
export class Layers {
  /** @type {unknown[]} */ made = [];
  /** @type {import("./regions.js").Cell[]} */ cells = [];
  /** @type {Place[][][][]} */ lines = []; // domain -> share -> lines

  /**
   * Draw all that is drawn on a plain canvas, behind the points and on top of them.
   * @param {FeatureMap} map
   * @param {number} ratio device pixels per pixel
   */
  draw(map, ratio) {
    const { view } = map;
    const isAtRest = map.share === 1; // on the way, no point is where it was counted
    if (!view) return;
    if (isAtRest) this.refresh(map);
    this.drawBehind(brush(map.under), map, view.times(ratio), isAtRest);
    const overlay = brush(map.overlay);
    const scene = sceneOf(map, view, ratio);
    drawMarks(overlay, scene, () => isAtRest && this.drawLines(overlay, view, scene.colors));
  }

  /** @param {FeatureMap} map */
  refresh(map) {
    const { rows, positions, data } = map;
    const now = [rows, positions, data.show.density, data.show.regions];
    if (now.every((one, i) => one === this.made[i])) return;
    this.made = now;
    const domains = [0, 1].map((domain) => indicesOf(map, domain));
    const places = (/** @type {number[]} */ indices) => indices.map((i) => placeOf(map, i));
    this.lines = data.show.density
      ? domains.map((indices) => densityLines(places(indices), SHARES))
      : [];
    const all = domains.flat();
    const nearest = all.map((i) => rows.nearest[i]);
    this.cells = data.show.regions ? regionCells(places(all), nearest) : [];
  }

  /**
   * Draw the regions behind the points.
   * @param {Context} context
   * @param {FeatureMap} map
   * @param {View} view of the canvas' own pixels
   * @param {boolean} isAtRest whether the points stand where they were counted
   */
  drawBehind(context, map, view, isAtRest) {
    const { width, height } = context.canvas;
    context.clearRect(0, 0, width, height);
    if (!isAtRest) return;
    for (const { left, low, side, winner, share } of this.cells) {
      const [x, y] = view.toPixel([left, low + side]).map(Math.round);
      const [right, bottom] = view.toPixel([left + side, low]).map(Math.round);
      context.globalAlpha = 0.08 + 0.3 * share ** 2;
      context.fillStyle = map.data.prototypes[winner]?.color ?? "#888888";
      context.fillRect(x, y, right - x, bottom - y);
    }
    context.globalAlpha = 1;
  }

  /**
   * Draw the lines of density; they belong to places where points have come to rest.
   * @param {Context} context
   * @param {View} view
   * @param {{ page: string, grey: string, accent: string }} colors
   */
  drawLines(context, view, colors) {
    this.lines.forEach((shares, domain) => {
      shares.forEach((lines, i) => {
        context.beginPath();
        for (const line of lines) {
          line.forEach((place, at) => {
            const [x, y] = view.toPixel(place);
            if (at) context.lineTo(x, y);
            else context.moveTo(x, y);
          });
        }
        context.lineJoin = "round";
        stroke(context, i ? 3.5 : 4.5, colors.page);
        context.setLineDash(domain ? [] : [5, 4]);
        stroke(context, i ? 1.5 : 2.5, domain ? colors.accent : colors.grey);
        context.setLineDash([]);
      });
    });
  }
}

/**
 * @param {FeatureMap} map
 * @param {number} domain
 */
function indicesOf({ rows, positions }, domain) {
  const found = [];
  for (let i = 0; i < rows.shown.length; i++) {
    const isPlaced = positions && positions[2 * i] !== UNPLACED;
    if (rows.shown[i] && isPlaced && rows.domain[i] === domain) found.push(i);
  }
  return found;
}

/**
 * @param {FeatureMap} map
 * @param {number} i
 * @returns {Place}
 */
function placeOf({ positions }, i) {
  return positions ? [positions[2 * i], positions[2 * i + 1]] : [NaN, NaN];
}

/**
 * @param {Context} context
 * @param {number} width
 * @param {string} color
 */
function stroke(context, width, color) {
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}
