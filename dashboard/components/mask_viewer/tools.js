// What stands around the panes: the toolbar above them and the rail of layers beside them.

import { field, h, segmented } from "../shared/dom.js";
import { layersOf, NAMES } from "./layers.js";
import { drawPane } from "./paint.js";

const MODES = [
  { value: "wipe", label: "Wipe" },
  { value: "side", label: "Side by side" },
  { value: "single", label: "Single" },
];
const WHOLE = { zoom: 1, x: 0, y: 0 };
const THUMB = 208;

// Return the controls. set(changes) rebuilds them, touch(changes) only redraws the panes.
export function toolbar({ settings, sides, choices, patterns, set, touch }) {
  const single = settings.mode === "single";
  const list = (label, side) =>
    field(
      label,
      h(
        "select",
        { onchange: (event) => set({ [side]: event.target.value }) },
        ...choices.map(({ value, label: text }) =>
          h("option", { value, text, selected: value === sides[side] }),
        ),
      ),
    );
  return [
    field(
      "View",
      segmented("View", MODES, settings.mode, (mode) => set({ mode })),
    ),
    single ? null : list("Left", "left"),
    list(single ? "Layer" : "Right", "right"),
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
  ].filter(Boolean);
}

function slider(label, value, range, text, change) {
  const control = h("input", { type: "range", ...range, value, "aria-label": label });
  const element = field(label, control, text(value));
  control.addEventListener("input", () => {
    element.querySelector(".shown").textContent = text(Number(control.value));
    change(Number(control.value));
  });
  return element;
}

function check(label, on, change) {
  const box = h("input", { type: "checkbox", checked: on });
  box.addEventListener("change", () => change(box.checked));
  return h("label", { class: "check" }, box, label);
}

// Return one button a layer; choose(side, name) puts it on the left or right.
export function rail({ picture, data, shown, hidden, brightness, choose }) {
  return layersOf(data, picture.image)
    .filter((name) => name !== "confidence" || picture.planes.sureAfter)
    .map((name) =>
      h(
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
        h(
          "span",
          {},
          layerTitle(data, name),
          h("i", { text: Object.keys(NAMES).indexOf(name) + 1 }),
        ),
      ),
    );
}

// Return the short name of a layer; without a state before, "after" is simply now.
export function layerTitle(data, name) {
  return name === "after" && data.before === null ? "Now" : NAMES[name];
}

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
