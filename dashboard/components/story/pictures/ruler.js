// @ts-check
// What the result is held against: one axis, a row for each model, other seeds as small dots.

import { niceTicks } from "../../shared/axis.js";
import { h } from "../../shared/dom.js";

/**
 * @typedef {import("../types.js").Mark} Mark
 * @typedef {import("../types.js").Ruler} Ruler
 * @typedef {{ ticks: number[], at: (value: number) => number }} Axis at: percent of the width
 */

/**
 * Return ruler and facts, whichever there are; null without both.
 * @param {Ruler} picture
 * @returns {import("../types.js").Drawn | null}
 */
export function rulerPicture({ marks, facts }) {
  if (!marks.length && !facts.length) return null;
  const parts = [marks.length ? ruler(marks) : null, facts.length ? list(facts) : null];
  const element = h("div", { class: "sure" }, ...parts);
  return { element, ready: Promise.resolve(), destroy: () => {} };
}

/** @param {import("../types.js").Fact[]} facts */
function list(facts) {
  const lines = facts.map(({ label, text }) =>
    h("div", {}, h("dt", { text: label }), h("dd", { text })),
  );
  return h("dl", { class: "facts" }, ...lines);
}

/** @param {Mark[]} marks */
function ruler(marks) {
  const axis = axisOf(marks);
  const rows = marks.map((mark) => row(mark, axis));
  const ticks = axis.ticks.map((tick) =>
    h("span", { class: "tick-name", style: { left: `${axis.at(tick)}%` }, text: `${tick} %` }),
  );
  const axisRow = h("div", { class: "axis", "aria-hidden": "true" }, ...ticks);
  return h("div", { class: "ruler" }, h("ul", {}, ...rows), axisRow);
}

/**
 * Return round ticks around all values, which are percent: none below 0 or above 100.
 * @param {Mark[]} marks
 * @returns {Axis}
 */
function axisOf(marks) {
  const values = marks.flatMap(({ value, others }) => [value, ...others]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const top = Math.min(100, Math.max(high + 0.5, low + 2));
  const ticks = niceTicks(Math.max(0, Math.min(low - 0.5, top - 2)), top, 4);
  const [first, last] = [ticks[0], ticks[ticks.length - 1]];
  return { ticks, at: (value) => (100 * (value - first)) / (last - first) };
}

/**
 * @param {Mark} mark
 * @param {Axis} axis
 */
function row({ name, value, others, is_run: isRun, so_far: isSoFar }, { ticks, at }) {
  const place = (/** @type {number} */ one) => ({ left: `${at(one)}%` });
  const text = `${value.toFixed(1)} %`;
  const rest = others.length ? `, others ${others.map((one) => one.toFixed(1)).join(", ")}` : "";
  const isRight = at(Math.max(value, ...others)) > 76;
  const edge = isRight ? Math.min(value, ...others) : Math.max(value, ...others);
  const label = h("b", { class: isRight ? "value left" : "value", style: place(edge), text });
  const plot = h(
    "span",
    { class: "plot" },
    ...ticks.map((tick) => h("i", { class: "grid", style: place(tick) })),
    ...others.map((one) => h("i", { class: "seed", style: place(one) })),
    h("i", { class: "dot", style: place(value) }),
    label,
    h("span", { class: "unseen", text: rest }),
  );
  const small = isSoFar ? h("small", { text: " so far" }) : null;
  const kind = [isRun && "run", isSoFar && "so-far"].filter(Boolean).join(" ");
  return h("li", { class: kind }, h("span", { class: "name" }, name, small), plot);
}

/**
 * Return the small picture: the dots alone.
 * @param {Ruler} picture
 */
export function rulerThumb({ marks, facts }) {
  if (!marks.length)
    return facts.length ? h("div", { class: "lines quiet" }, ...quiet(facts)) : null;
  const { at } = axisOf(marks);
  const rows = marks.slice(-5).map(({ value, others, is_run: isRun }) => {
    const dots = [value, ...others].map((one, i) =>
      h("i", { class: i ? "seed" : "dot", style: { left: `${at(one)}%` } }),
    );
    return h("span", { class: isRun ? "plot run" : "plot" }, ...dots);
  });
  return h("div", { class: "dots" }, ...rows);
}

/** @param {import("../types.js").Fact[]} facts */
function quiet(facts) {
  return facts.slice(0, 4).map((fact) => {
    const width = `${Math.min(100, 25 + fact.text.length)}%`;
    return h("span", { class: "track" }, h("i", { class: "bar", style: { width } }));
  });
}
