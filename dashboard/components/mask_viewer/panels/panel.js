// @ts-check
// What the masks of the shown image amount to: change bar, IoU per class, top confusions.

import { changesCalled } from "../../label_maps/changes.js";
import { tile } from "../../label_maps/patterns.js";
import { icon } from "../../shared/controls.js";
import { h } from "../../shared/dom.js";
import { changeMark, percent, swatch, tiled } from "./elements.js";

/**
 * @typedef {import("../types.js").Detail} Detail
 * @typedef {import("../types.js").ImageInfo} ImageInfo
 * @typedef {import("../../label_maps/types.js").Entry} Entry
 */

/**
 * @typedef {object} Classes
 * @property {Entry[]} entries
 * @property {Set<number>} hidden class ids
 * @property {boolean} patterns
 * @property {(id: number) => void} toggle
 * @property {(id: number) => void} isolate
 */

const MOST_ROWS = 24; // of more classes than these, those in the image come first, in a table to scroll

/**
 * Return the panel of an image; it waits while the detail still belongs to another one.
 * @param {{ image: ImageInfo, detail: Detail, changes?: string[] } & Classes} state
 *   changes: other names of what happened to a pixel
 */
export function panel({ image, detail, changes, ...classes }) {
  const isWaiting = detail.key !== image.key;
  return h(
    "aside",
    { class: `panel card${isWaiting ? " waiting" : ""}`, "aria-busy": String(isWaiting) },
    top(image),
    ...bar(detail, changes),
    table(detail, classes),
    topConfusions(detail),
  );
}

/** @param {ImageInfo} image */
function top({ name, before, after, gain }) {
  const score = h("span", { class: "score" });
  if (after !== null && before !== null) {
    const now = h("b", { text: after.toFixed(1) });
    score.append(`${before.toFixed(1)} → `, now, " ", changeMark(gain ?? 0));
  } else if (after !== null) score.append(h("b", { text: `${after.toFixed(1)} mIoU` }));
  return h("div", { class: "top" }, h("h3", { text: name, title: name }), score);
}

/**
 * @param {Detail} detail
 * @param {string[]} [names]
 */
function bar({ change, note }, names) {
  if (!change) return [h("p", { class: "note", text: note })];
  const kinds = changesCalled(names);
  const shares = [change.fixed, change.broken, change.still];
  const pieces = shares.map((share, i) =>
    h("span", { style: { width: `${share}%`, ...filled(kinds[i]) } }),
  );
  const keys = shares.map((share, i) => {
    const sample = h("span", { class: "swatch", style: filled(kinds[i]) });
    return h("span", {}, sample, kinds[i].name, h("b", { text: percent(share) }));
  });
  const what = "mIoU over the classes in this image; share of its labelled pixels:";
  return [
    h("p", { class: "note", text: what }),
    h("div", { class: "bar", role: "img", "aria-label": change.sentence }, ...pieces),
    h("div", { class: "key" }, ...keys),
  ];
}

/** @param {Entry} entry */
function filled({ color, pattern }) {
  const isPlain = !color || pattern === "plain";
  return { backgroundColor: color ?? "", ...(isPlain ? {} : tiled(tile(pattern, color, 2))) };
}

/**
 * @param {Detail} detail
 * @param {Classes} classes
 */
function table({ rows, heads, title }, classes) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const head = [title, ...heads].map((text) => h("th", { text, scope: "col" }));
  const isThere = (/** @type {Entry} */ { id }) => Boolean(byId.get(id)?.values);
  const isLong = classes.entries.length > MOST_ROWS;
  const entries = isLong
    ? [...classes.entries].sort((a, b) => Number(isThere(b)) - Number(isThere(a)))
    : classes.entries;
  const body = entries.map((entry) => {
    const name = h("td", {}, classButton(entry, classes));
    return h("tr", {}, name, ...cells(byId.get(entry.id), heads.length));
  });
  const parts = [h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...body)];
  return h("div", { class: isLong ? "classes long" : "classes" }, h("table", {}, ...parts));
}

/**
 * Put a panel in place of the last one; a long table of classes stays where it was scrolled to.
 * @param {HTMLElement} side
 * @param {HTMLElement} next
 */
export function replacePanel(side, next) {
  const top = side.querySelector(".classes")?.scrollTop ?? 0;
  side.replaceChildren(next);
  const table = side.querySelector(".classes");
  if (table) table.scrollTop = top;
}

/**
 * @param {Entry} entry
 * @param {Classes} classes
 */
function classButton({ id, name, color, pattern }, { hidden, patterns, toggle, isolate }) {
  const isShown = !hidden.has(id);
  const isTiled = patterns && color && !["plain", "outline", "double outline"].includes(pattern);
  return h(
    "button",
    {
      type: "button",
      class: "class-name",
      "data-class": id,
      "aria-pressed": String(isShown),
      title: "Click hides or shows, double click shows only this class",
      // The first click has drawn the table anew, so that no element ever sees a "dblclick".
      onclick: (event) => (event.detail > 1 ? isolate(id) : toggle(id)),
    },
    icon(isShown ? "eye" : "hidden"),
    swatch(color, isTiled ? tile(pattern, color, 2) : null),
    h("span", { text: name, title: name }),
  );
}

/**
 * @param {import("../types.js").Row | undefined} row
 * @param {number} columns
 */
function cells(row, columns) {
  if (!row) return Array.from({ length: columns }, () => h("td"));
  if (row.note) return [h("td", { class: "absent", colspan: columns, text: row.note })];
  const values = (row.values ?? []).map((value) => value.toFixed(1));
  const last = values.length - 1;
  return [
    ...values.map((text, i) => h("td", {}, h(i === last ? "b" : "span", { text }))),
    ...(row.change === undefined ? [] : [h("td", {}, changeMark(row.change))]),
  ];
}

/** @param {Detail} detail */
function topConfusions({ top_confusions: confusions, transfer, compared }) {
  if (!confusions.length && !transfer) return null;
  const lines = confusions.map(({ text, before, after, better }, i) =>
    h(
      "p",
      {},
      `${text}: ${before.toFixed(1)} → `,
      h("b", { class: better ? "" : "worse", text: percent(after) }),
      i === 0 ? " of pixels" : "",
      better ? "" : ", no better",
    ),
  );
  if (transfer) lines.push(h("p", { text: transfer }));
  const title = `${confusions.length ? "Mistakes" : "Changes"}, ${compared}`;
  return h("div", { class: "confusions" }, h("h4", { text: title }), ...lines);
}
