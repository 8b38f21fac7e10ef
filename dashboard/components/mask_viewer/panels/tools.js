// @ts-check
// What stands around the panes: the toolbar above them and the rail of layers beside them.

import { drawPane } from "../../label_maps/draw.js";
import { segmented } from "../../shared/controls.js";
import { h } from "../../shared/dom.js";
import { layersOf, layerTitle, NAMES } from "../stage/layers.js";
import { WHOLE } from "../stage/view.js";
import { field } from "./elements.js";

/**
 * @typedef {import("../types.js").Choice} Choice
 * @typedef {import("../types.js").MaskData} MaskData
 * @typedef {import("../types.js").Settings} Settings
 * @typedef {import("../types.js").SideName} SideName
 * @typedef {import("../stage/picture.js").Picture} Picture
 * @typedef {(changes: Partial<Settings>) => void} Change
 */

const MODES = [
  { value: "wipe", label: "Wipe" },
  { value: "side", label: "Side by side" },
  { value: "single", label: "Single" },
];
const THUMB = 208; // pixels

/**
 * Return the controls.
 * @param {object} state
 * @param {Settings} state.settings
 * @param {Record<SideName, string>} state.sides layers shown
 * @param {Choice[]} state.choices of layers
 * @param {boolean} state.patterns
 * @param {Change} state.set for what changes the controls themselves
 * @param {Change} state.touch for what only changes how the panes are drawn
 * @param {() => void} state.savePicture what is seen
 * @param {() => void} state.saveScores of all images
 */
export function toolbar({ settings, sides, choices, patterns, set, touch, ...saves }) {
  const isSingle = settings.mode === "single";
  const layers = (/** @type {string} */ label, /** @type {SideName} */ side) =>
    list(label, choices, sides[side], (name) => set({ [side]: name }));
  const choose = (/** @type {string} */ mode) =>
    set({ mode: /** @type {Settings["mode"]} */ (mode) });
  return [
    field("View", segmented("View", MODES, settings.mode, choose)),
    ...(isSingle ? [] : [layers("Left", "left")]),
    layers(isSingle ? "Layer" : "Right", "right"),
    slider(
      "Mask opacity",
      settings.opacity,
      { min: 0, max: 1, step: 0.05 },
      (value) => `${Math.round(value * 100)} %`,
      (opacity) => touch({ opacity }),
    ),
    slider(
      "Brighten photo",
      settings.brightness,
      { min: 1, max: 4, step: 0.1 },
      (value) => `${value.toFixed(1)} ×`,
      (brightness) => touch({ brightness }),
    ),
    check("Class borders", settings.borders, (borders) => touch({ borders })),
    check("Patterns", patterns, (on) => touch({ patterns: on })),
    save("PNG", "This as a picture", saves.savePicture),
    save("CSV", "mIoU of every image before and now", saves.saveScores),
  ];
}

/**
 * @param {string} text
 * @param {string} title
 * @param {() => void} onclick
 */
function save(text, title, onclick) {
  return h("button", { type: "button", class: "save", title, onclick, text });
}

/**
 * @param {string} label
 * @param {Choice[]} choices
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function list(label, choices, chosen, choose) {
  const options = choices.map(({ value, label: text }) =>
    h("option", { value, text, selected: value === chosen }),
  );
  const select = h("select", { onchange: () => choose(select.value) }, ...options);
  return field(label, select);
}

/**
 * @param {string} label
 * @param {number} value
 * @param {{ min: number, max: number, step: number }} range
 * @param {(value: number) => string} textOf
 * @param {(value: number) => void} change
 */
function slider(label, value, range, textOf, change) {
  const shown = h("span", { class: "shown", text: textOf(value) });
  const control = h("input", {
    type: "range",
    ...range,
    value,
    "aria-label": label,
    oninput: () => {
      shown.textContent = textOf(Number(control.value));
      change(Number(control.value));
    },
  });
  return field(label, control, shown);
}

/**
 * @param {string} label
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} change
 */
function check(label, isOn, change) {
  const box = h("input", { type: "checkbox", checked: isOn, onchange: () => change(box.checked) });
  return h("label", { class: "check" }, box, label);
}

/**
 * Return one button a layer.
 * @param {object} state
 * @param {Picture} state.picture
 * @param {MaskData} state.data
 * @param {string[]} state.shown layers in the panes
 * @param {Set<number>} state.hidden class ids
 * @param {number} state.brightness
 * @param {(side: SideName, name: string) => void} state.choose
 */
export function rail({ picture, data, shown, hidden, brightness, choose }) {
  const names = layersOf(data, picture.image).filter(
    (name) => name !== "confidence" || picture.planes.sureAfter,
  );
  return names.map((name) => {
    const digit = h("i", { text: Object.keys(NAMES).indexOf(name) + 1 });
    return h(
      "button",
      {
        type: "button",
        class: "layer",
        "data-layer": name,
        "aria-pressed": String(shown.includes(name)),
        title: "Click shows this layer on the right, with Shift on the left",
        onclick: (event) => choose(event.shiftKey ? "left" : "right", name),
      },
      thumb(picture, name, hidden, brightness),
      h("span", {}, layerTitle(data, name), digit),
    );
  });
}

/**
 * @param {Picture} picture
 * @param {string} name
 * @param {Set<number>} hidden
 * @param {number} brightness
 */
function thumb(picture, name, hidden, brightness) {
  const { size } = picture;
  const canvas = h("canvas", { "aria-hidden": "true" });
  canvas.width = THUMB;
  canvas.height = Math.round((THUMB * size.height) / size.width);
  drawPane(canvas, {
    photo: picture.photo(brightness),
    layer: picture.layer(name, hidden),
    size,
    view: WHOLE,
    look: { opacity: 0.85, borders: false, patterns: name === "change", pixelRatio: 2 },
  });
  return canvas;
}

/**
 * Return what a pane says of its layer: text, strong text, text.
 * @param {MaskData} data
 * @param {import("../types.js").ImageInfo} image
 * @param {string} name
 */
export function chipOf(data, { before, after }, name) {
  const score = name === "before" ? before : name === "after" ? after : null;
  const title = layerTitle(data, name);
  return score === null ? [title, ""] : [title, score.toFixed(1), " mIoU"];
}
