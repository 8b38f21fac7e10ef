// What the masks of the shown image amount to: change bar, IoU per class, what changed hands.

import { changeMark, h, icon, percent, swatch } from "../shared/dom.js";
import { CHANGES, tile } from "./paint.js";

// Return the panel of `image`; detail comes from Python and may still belong to another image.
export function panel({ image, detail, entries, hidden, patterns, toggle, isolate }) {
  const fits = detail?.key === image.key;
  return h(
    "aside",
    { class: `panel card${fits ? "" : " waiting"}`, "aria-busy": String(!fits) },
    top(image),
    ...bar(image, detail),
    table({ detail, entries, hidden, patterns, toggle, isolate }),
    hands(detail),
  );
}

function top(image) {
  const score = h("span", { class: "score" });
  if (image.after !== null && image.before !== null) {
    score.append(
      `${image.before.toFixed(1)} → `,
      h("b", { text: image.after.toFixed(1) }),
      " ",
      changeMark(image.gain),
    );
  } else if (image.after !== null) score.append(h("b", { text: `${image.after.toFixed(1)} mIoU` }));
  return h("div", { class: "top" }, h("h3", { text: image.name, title: image.name }), score);
}

function bar(image, detail) {
  if (!detail) return [h("p", { class: "note", text: "Counting the pixels" })];
  if (!detail.change) return [h("p", { class: "note", text: detail.note })];
  const shares = [detail.change.fixed, detail.change.broken, detail.change.still];
  const pieces = shares.map((share, i) =>
    h("span", { style: { width: `${share}%`, ...filled(CHANGES[i]) } }),
  );
  const keys = shares.map((share, i) =>
    h(
      "span",
      {},
      h("span", { class: "swatch", style: filled(CHANGES[i]) }),
      CHANGES[i].name,
      h("b", { text: percent(share) }),
    ),
  );
  return [
    h("p", {
      class: "note",
      text: "mIoU over the classes in this image; share of its labelled pixels:",
    }),
    h("div", { class: "bar", role: "img", "aria-label": detail.change.sentence }, ...pieces),
    h("div", { class: "key" }, ...keys),
  ];
}

function filled({ color, pattern }) {
  const picture = pattern === "plain" ? null : `url(${tile(pattern, color, 2).toDataURL()})`;
  return { backgroundColor: color, backgroundImage: picture ?? "none", backgroundSize: "8px 8px" };
}

function table({ detail, entries, hidden, patterns, toggle, isolate }) {
  const rows = new Map((detail?.rows ?? []).map((row) => [row.id, row]));
  const heads = detail?.heads ?? ["", "", ""];
  const head = h(
    "tr",
    {},
    h("th", { text: detail?.title ?? "Class", scope: "col" }),
    ...heads.map((text) => h("th", { text, scope: "col" })),
  );
  const body = entries.map((entry) =>
    h(
      "tr",
      {},
      h("td", {}, classButton({ entry, shown: !hidden.has(entry.id), patterns, toggle, isolate })),
      ...cells(rows.get(entry.id), heads.length),
    ),
  );
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
}

function classButton({ entry, shown, patterns, toggle, isolate }) {
  const patterned = patterns && !["plain", "outline", "double outline"].includes(entry.pattern);
  return h(
    "button",
    {
      type: "button",
      class: "class-name",
      "data-class": entry.id,
      "aria-pressed": String(shown),
      title: "Click hides or shows, double click shows only this class",
      // The first click has drawn the table anew, so that no element ever sees a "dblclick".
      onclick: (event) => (event.detail > 1 ? isolate : toggle)(entry.id),
    },
    icon(shown ? "eye" : "hidden"),
    swatch(entry.color, patterned ? tile(entry.pattern, entry.color, 2) : null),
    h("span", { text: entry.name }),
  );
}

function cells(row, columns) {
  if (!row) return Array.from({ length: columns }, () => h("td"));
  if (row.note) return [h("td", { class: "absent", colspan: columns, text: row.note })];
  const last = row.change === undefined ? [] : [h("td", {}, changeMark(row.change))];
  const values = row.values.map((value, i) =>
    h("td", {}, h(i === row.values.length - 1 ? "b" : "span", { text: value.toFixed(1) })),
  );
  return [...values, ...last];
}

function hands(detail) {
  if (!detail || (detail.hands.length === 0 && !detail.transfer)) return null;
  const lines = detail.hands.map((line, i) =>
    h(
      "p",
      {},
      `${line.text}: ${line.before.toFixed(1)} → `,
      h("b", { class: line.better ? "" : "worse", text: percent(line.after) }),
      i === 0 ? " of pixels" : "",
      line.better ? "" : ", no better",
    ),
  );
  if (detail.transfer) lines.push(h("p", { text: detail.transfer }));
  return h("div", { class: "hands" }, h("h4", { text: "What changed hands" }), ...lines);
}
