// @ts-check
// The elements that the feature map is made of, and what they say of the step shown.

import { h, stepText } from "../../shared/dom.js";

/** @typedef {import("../map.js").FeatureMap} FeatureMap */

/** Return the elements, the outermost of them as `root`. */
export function elementsOf() {
  const under = h("canvas", { class: "under", "aria-hidden": "true" });
  const canvas = h("canvas", { "aria-hidden": "true" });
  const overlay = h("canvas", { class: "over", role: "img", "aria-label": "Feature map" });
  const tip = h("div", { class: "tip", hidden: true });
  const stage = h("div", { class: "stage" }, under, canvas, overlay, tip);
  const tools = h("div", { class: "tools", "data-left-out": "" });
  const legend = h("div", { class: "legend" });
  const note = h("p", { class: "note" });
  const table = h("table");
  const heard = h("div", { class: "heard", "data-left-out": "" }, table); // no table gets small
  const named = { tabindex: 0, role: "group", "aria-label": "Feature map" };
  const title = h("h3", { class: "title" });
  const root = h(
    "div",
    { class: "feature-map", "data-chart": "feature-map", ...named },
    ...[title, tools, stage, legend],
  );
  const drawn = { under, canvas, overlay, tip, stage };
  return { ...drawn, tools, legend, note, table, heard, title, root };
}

/**
 * Say which step is shown and how good the map is there.
 * @param {FeatureMap} map
 */
export function describe({ data, player, overlay, note, root }) {
  const [quality, more] = data.quality[player.at] ?? ["Map", ""];
  const step = player.step === undefined ? "" : `Step ${stepText(player.step)}`;
  const name = data.title || "Feature map";
  overlay.setAttribute("aria-label", `${name}, ${step}: ${data.counted}`);
  root.setAttribute("aria-label", name);
  root.dataset.chart = data.twin === "before" ? "feature-map-before" : "feature-map";
  note.replaceChildren(h("b", { text: quality }), ` ${more} ${data.note}`);
}
