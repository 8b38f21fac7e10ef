// @ts-check
// What stands around a panel: title and buttons above, provenance and the way on below.

import { icon } from "../../shared/controls.js";
import { h, svg } from "../../shared/dom.js";

/**
 * @typedef {object} Act
 * @property {() => void} back
 * @property {() => void} next
 * @property {() => void} present begin or leave
 * @property {() => void} notes
 * @property {() => void} keys
 */

/**
 * Build the frame once; its texts are filled in with every story.
 * @param {Act} act
 */
export function frameOf(act) {
  const title = h("h1", { class: "title" });
  const summary = h("p", { class: "summary" });
  const running = h("p", { class: "running", role: "status" });
  const present = h("button", { type: "button", class: "quiet", onclick: act.present });
  const notes = h(
    "button",
    { type: "button", class: "quiet", "aria-pressed": "false", onclick: act.notes },
    "Notes ",
    h("kbd", { text: "n" }),
  );
  const keys = h(
    "button",
    { type: "button", class: "quiet keys", onclick: act.keys },
    "Keys ",
    h("kbd", { text: "?" }),
  );
  const titles = h("div", { class: "titles" }, title, summary);
  const tools = h("div", { class: "tools" }, notes, keys, present);
  const header = h("header", {}, logo(), titles, running, tools);
  const provenance = h("p", { class: "provenance" });
  const back = wayButton("Back", act.back);
  const next = wayButton("Next", act.next);
  const footer = h("footer", {}, provenance, h("div", { class: "ways" }, back, next));
  return {
    header,
    titles,
    tools,
    footer,
    title,
    summary,
    running,
    present,
    notes,
    provenance,
    back,
    next,
  };
}

/**
 * @param {"Back" | "Next"} name
 * @param {() => void} act
 */
function wayButton(name, act) {
  const isNext = name === "Next";
  const parts = [icon(isNext ? "right" : "left"), name];
  const key = h("kbd", { text: isNext ? "→" : "←", "aria-hidden": "true" });
  const kind = isNext ? "way next" : "way";
  return h(
    "button",
    { type: "button", class: kind, "aria-label": name, onclick: act },
    ...(isNext ? parts.toReversed() : parts),
    key,
  );
}

/**
 * Say on the button what it does.
 * @param {HTMLElement} button
 * @param {boolean} isPresent
 */
export function namePresent(button, isPresent) {
  if (isPresent) button.replaceChildren("Leave ", h("kbd", { text: "Esc" }));
  else button.replaceChildren("Present");
}

/** Return our mark. */
export function logo() {
  const ring = { cx: 13, cy: 12, r: 9.5, fill: "none", stroke: "currentColor", "stroke-width": 3 };
  const diamond = { d: "M16.5 11 21 15.5 16.5 20 12 15.5Z", "stroke-width": 2.4 };
  return svg(
    "svg",
    { viewBox: "0 0 32 32", class: "logo", "aria-hidden": "true" },
    svg("circle", { cx: 20, cy: 20, r: 9, class: "logo-disc" }),
    svg("circle", ring),
    svg("path", { ...diamond, class: "logo-diamond", stroke: "currentColor" }),
  );
}
