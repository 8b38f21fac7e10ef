// Controls of the feature map: tools and legend above and below the map, the player, the keys.

import { h } from "../shared/dom.js";

const TOOLS = [
  ["lasso", "Lasso  s", "Circle points (s)"],
  ["box", "Box  b", "Box around points (b)"],
  ["pan", "Pan  g", "Move the map (g)"],
];
const KEYS = [
  ["← →", "step back, step on; with Shift by ten"],
  ["Home End", "first and last step"],
  ["Space", "play, stop"],
  ["s", "lasso"],
  ["b", "box"],
  ["g", "pan"],
  ["+ - 0", "zoom in, out, fit"],
  ["wheel", "zoom at the pointer"],
  ["Shift", "pans while lasso or box is chosen, and the other way round"],
  ["Esc", "clear the selection"],
  ["?", "this list"],
];
const IN = 1.4;

// Draw tools and legend anew.
export function drawTools(map) {
  const button = (text, title, onclick, pressed) =>
    h("button", { type: "button", title, onclick, text, "aria-pressed": pressed });
  map.tools.replaceChildren(
    h(
      "span",
      { class: "group" },
      ...TOOLS.map(([name, text, title]) =>
        button(text, title, () => map.choose(name), String(map.tool === name)),
      ),
    ),
    h("span", { class: "count", text: map.data.counted }),
    h(
      "span",
      { class: "end" },
      button("+", "Zoom in (+)", () => map.zoom(IN)),
      button("−", "Zoom out (-)", () => map.zoom(1 / IN)),
      button("Fit", "Show everything (0)", () => map.fit()),
      button("?", "Keys (?)", () => help(map)),
    ),
  );
  map.legend.replaceChildren(
    ...map.data.legend.map(([mark, text]) =>
      h("span", {}, mark ? h("i", { class: `mark ${mark}` }) : null, text),
    ),
  );
}

// Return the player: back, play, on, slider with a mark where the map was built anew.
export function makePlayer(map) {
  const button = (text, title, act, kind) =>
    h("button", { type: "button", class: kind, title, "aria-label": title, onclick: act, text });
  map.slider = h("input", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Snapshot",
    oninput: () => map.go(Number(map.slider.value)),
  });
  map.playButton = button("Play", "Play, stop (Space)", () => map.play(), "main");
  map.marks = h("div", { class: "refits", "aria-hidden": "true" });
  map.label = h("b", {});
  return h(
    "div",
    { class: "player" },
    button("‹", "Step back (←)", () => map.go(map.at - 1)),
    map.playButton,
    button("›", "Step on (→)", () => map.go(map.at + 1)),
    h("div", { class: "track" }, map.marks, map.slider),
    map.label,
  );
}

// Say which step is shown, how good the map is there, and where it was built anew.
export function describe(map) {
  const { data, at } = map;
  const step = data.steps[at];
  const [quality, more] = data.quality[at] ?? ["Map", ""];
  map.label.textContent = step === undefined ? "" : `Step ${step.toLocaleString("en-US")}`;
  map.slider.setAttribute("aria-valuetext", map.label.textContent);
  map.overlay.setAttribute("aria-label", `Feature map, ${map.label.textContent}: ${data.counted}`);
  map.note.replaceChildren(h("b", { text: quality }), ` ${more} ${data.note}`);
  const last = Math.max(1, data.steps.length - 1);
  map.marks.replaceChildren(
    ...data.refits.map((refit) =>
      h("i", {
        title: `Map built anew at step ${refit}`,
        style: { left: `${(100 * data.steps.indexOf(refit)) / last}%` },
      }),
    ),
  );
}

// Do what a key stands for; letters never reach the page, which has keys of its own.
export function onKey(map, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length === 1) event.stopPropagation();
  const far = event.shiftKey ? 10 : 1;
  const actions = {
    ArrowLeft: () => map.go(map.at - far),
    ArrowRight: () => map.go(map.at + far),
    Home: () => map.go(0),
    End: () => map.go(map.data.steps.length - 1),
    " ": () => map.play(),
    s: () => map.choose("lasso"),
    b: () => map.choose("box"),
    g: () => map.choose("pan"),
    "+": () => map.zoom(IN),
    "-": () => map.zoom(1 / IN),
    0: () => map.fit(),
    "?": () => help(map),
    Escape: () => (map.helpBox?.isConnected ? help(map) : map.select([])),
  };
  const onButton = event.key === " " && event.target instanceof HTMLButtonElement;
  if (!Object.hasOwn(actions, event.key) || !map.view || onButton) return;
  event.stopPropagation();
  event.preventDefault();
  actions[event.key]();
}

function help(map) {
  if (map.helpBox?.isConnected) {
    map.helpBox.remove();
    return;
  }
  map.helpBox = h(
    "div",
    { class: "help", role: "dialog", "aria-label": "Keys" },
    ...KEYS.map(([key, text]) => h("p", {}, h("kbd", { text: key }), " ", text)),
  );
  map.stage.append(map.helpBox);
}
