// The keys of the mask viewer; what it handles does not reach Streamlit (which owns r and c).

import { h } from "../shared/dom.js";
import { layersOf, NAMES } from "./layers.js";

const KEYS = [
  ["← →", "previous and next image"],
  ["Home End", "first and last image"],
  ["[ ]", "move the wipe by 5 %"],
  ["1 to 6", "layer on the right, with Shift on the left"],
  ["+ - 0", "zoom in, out, fit"],
  ["Ctrl wheel", "zoom at the pointer; drag moves"],
  ["?", "this list"],
  ["Esc", "close this list, then fit"],
];
const CONTROLS = "input, select";

// Listen inside the viewer, and on the page as long as nothing else has the focus.
export function listen(viewer) {
  viewer.root.addEventListener("keydown", (event) => press(viewer, event));
  const stop = new AbortController();
  document.addEventListener(
    "keydown",
    (event) => {
      if (!viewer.root.isConnected) stop.abort();
      else if (document.activeElement === document.body) press(viewer, event);
    },
    { signal: stop.signal },
  );
}

function press(viewer, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inside = viewer.root.contains(event.target);
  if (inside && event.key.length === 1) event.stopPropagation();
  const typing = event.composedPath()[0].matches?.(CONTROLS) ?? false;
  const act = actions(viewer, typing)[event.key] ?? layerKey(viewer, event);
  if (!act) return;
  event.stopPropagation();
  event.preventDefault();
  act();
}

function actions(viewer, typing) {
  const { stage } = viewer;
  const moves = typing
    ? {}
    : {
        ArrowLeft: () => viewer.step(-1),
        ArrowRight: () => viewer.step(1),
        Home: () => viewer.step(-Infinity),
        End: () => viewer.step(Infinity),
      };
  return {
    ...moves,
    "[": () => stage.wipe(stage.look().wipe - 5),
    "]": () => stage.wipe(stage.look().wipe + 5),
    "+": () => stage.zoom(1.5),
    "-": () => stage.zoom(1 / 1.5),
    0: () => stage.fit(),
    "?": () => help(stage),
    Escape: () => (helpBox(stage) ? help(stage) : stage.fit()),
  };
}

function layerKey(viewer, event) {
  const number = /^Digit([1-6])$/.exec(event.code)?.[1];
  const name = Object.keys(NAMES)[Number(number) - 1];
  if (!name || !layersOf(viewer.data, viewer.image).includes(name)) return null;
  return () => viewer.set({ [event.shiftKey ? "left" : "right"]: name });
}

function helpBox(stage) {
  return stage.element.querySelector(".help");
}

function help(stage) {
  const box = helpBox(stage);
  if (box) box.remove();
  else {
    stage.element.append(
      h(
        "div",
        { class: "help", role: "dialog", "aria-label": "Keys" },
        ...KEYS.map(([key, text]) => h("p", {}, h("kbd", { text: key }), " ", text)),
      ),
    );
  }
}
