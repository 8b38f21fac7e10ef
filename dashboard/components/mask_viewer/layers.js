// Load the planes of one probe image and answer which layers can be shown of it.

import { stepText } from "../shared/dom.js";
import { brightened, CHANGES, changePlane, grayLayer, idLayer } from "./paint.js";
import { plane } from "./png.js";

const IGNORED = { id: 255, color: "#8C929C", pattern: "hatch\\" };
const photos = new Map();

export const NAMES = {
  input: "Input",
  truth: "Truth",
  before: "Before",
  after: "After",
  change: "Change",
  confidence: "Confidence",
};

// Return where the mask of `key` at `step` lies.
export function maskUrl(data, key, step) {
  return `${data.base}/snapshots/${step}/masks/${encodeURIComponent(key)}.png?v=${data.version}`;
}

function photo(url) {
  if (!photos.has(url)) {
    const loading = loadPhoto(url);
    loading.catch(() => photos.delete(url));
    photos.set(url, loading);
    if (photos.size > 24) photos.delete(photos.keys().next().value);
  }
  return photos.get(url);
}

async function loadPhoto(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return createImageBitmap(await answer.blob(), { colorSpaceConversion: "none" });
}

// Return the entries (id, color, pattern) of the run's classes in the chosen palette.
export function classEntries(data) {
  return data.classes.map((info) => ({
    id: info.id,
    name: info.display,
    pattern: info.pattern,
    color: data.palette === "safe" ? info.safe : info.color,
  }));
}

// All that is known of one image: planes by name, layers painted when first asked for.
export class Picture {
  static async load(data, image, steps) {
    const probe = `${data.base}/probe/${encodeURIComponent(image.key)}`;
    const sure = (step) =>
      step === null
        ? null
        : plane(maskUrl(data, `${image.key}.confidence`, step)).catch(() => null);
    const mask = (step) => (step === null ? null : plane(maskUrl(data, image.key, step)));
    const [input, truth, before, after, sureBefore, sureAfter, ...others] = await Promise.all([
      photo(`${probe}.png?v=${data.version}`),
      image.has_label ? plane(`${probe}.label.png?v=${data.version}`) : null,
      mask(data.before),
      mask(data.step),
      sure(data.before),
      sure(data.step),
      ...steps.map(mask),
    ]);
    const planes = { truth, before, after, sureBefore, sureAfter };
    steps.forEach((step, i) => (planes[`step:${step}`] = others[i]));
    return new Picture(data, image, input, planes);
  }

  constructor(data, image, input, planes) {
    this.data = data;
    this.image = image;
    this.input = input;
    this.planes = planes;
    this.size = { width: image.width, height: image.height };
    if (planes.truth && planes.before) {
      planes.change = changePlane(planes.truth, planes.before, planes.after);
    }
    this.forget();
  }

  // Drop what was painted, because colours or visible classes changed.
  forget() {
    this.painted = new Map();
  }

  // Return the input multiplied by `factor`.
  photo(factor) {
    if (this.bright?.factor !== factor) {
      this.bright = { factor, canvas: brightened(this.input, factor) };
    }
    return this.bright.canvas;
  }

  // Return the painted layer called `name`; null for the bare input.
  layer(name, hidden) {
    if (name === "input") return null;
    if (!this.painted.has(name)) this.painted.set(name, this.paint(name, hidden));
    return this.painted.get(name);
  }

  paint(name, hidden) {
    if (name === "confidence") return grayLayer(this.planes.sureAfter);
    if (name === "change") return idLayer(this.planes.change, CHANGES, new Set());
    return idLayer(this.planes[name], [...classEntries(this.data), IGNORED], hidden);
  }

  // Return what lies at a pixel: class ids, confidence in percent, the word for its change.
  at(row, column) {
    const index = (plane) => plane?.ids[row * plane.width + column];
    const sure = (plane) =>
      plane &&
      Math.round(
        plane.ids[
          Math.floor((row * plane.height) / this.size.height) * plane.width +
            Math.floor((column * plane.width) / this.size.width)
        ] / 2.55,
      );
    const { truth, before, after, change, sureBefore, sureAfter } = this.planes;
    const word = CHANGES[index(change)]?.name ?? null;
    return {
      word,
      lines: [
        before && { name: "before", id: index(before), sure: sure(sureBefore) },
        { name: before ? "after" : "now", id: index(after), sure: sure(sureAfter) },
        truth && { name: "truth", id: index(truth), sure: null },
      ].filter(Boolean),
    };
  }
}

// Return the layers that exist for `image`, in the order of the rail.
export function layersOf(data, image) {
  return Object.keys(NAMES).filter((name) => {
    if (name === "truth") return image.has_label;
    if (name === "before") return data.before !== null;
    if (name === "change") return image.has_label && data.before !== null;
    return true;
  });
}

// Return the choices of the two lists: the layers, then every other snapshot.
export function choicesOf(data, image) {
  const named = layersOf(data, image).map((value) => ({ value, label: layerLabel(data, value) }));
  const others = data.steps
    .filter((step) => step !== data.step && step !== data.before)
    .map((step) => ({ value: `step:${step}`, label: `Step ${stepText(step)}` }));
  return [...named, ...others];
}

// Return "Before, step 2,000", "After, 4,750", "Input", "Step 500".
export function layerLabel(data, name) {
  if (name === "before") return `Before, step ${stepText(data.before)}`;
  if (name === "after") {
    return data.before === null
      ? `Now, step ${stepText(data.step)}`
      : `After, ${stepText(data.step)}`;
  }
  if (name.startsWith("step:")) return `Step ${stepText(Number(name.slice(5)))}`;
  return NAMES[name];
}
