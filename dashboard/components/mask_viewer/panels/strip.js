// @ts-check
// A row of thumbnails: exact masks at their own size. The first ones are drawn at once, as a printed
// page shows them wherever somebody has scrolled to, the others once they come into sight.

import { classEntries } from "../../label_maps/entries.js";
import { idLayer } from "../../label_maps/paint.js";
import { plane } from "../../label_maps/png.js";
import { segmented } from "../../shared/controls.js";
import { brush, h } from "../../shared/dom.js";
import { maskUrl } from "../stage/layers.js";
import { changeMark } from "./elements.js";

/**
 * @typedef {import("../types.js").MaskData} MaskData
 * @typedef {import("../types.js").ImageInfo} ImageInfo
 * @typedef {{ image: string, tab: string, domain: string }} Chosen keys
 */

const AT_ONCE = 8;

/** @type {{ [tab: string]: { label: string, none: string } }} */
const TABS = {
  improved: {
    label: "Most improved",
    none: "No image improved against the state before adaptation.",
  },
  harmed: {
    label: "Most harmed",
    none: "No image got worse against the state before adaptation.",
  },
  typical: { label: "Typical", none: "No image has a score yet." },
  all: { label: "All", none: "No probe image of this domain is recorded." },
};

/** The strip under the viewer. */
export class Strip {
  built = ""; // what it was built for
  /** @type {IntersectionObserver | null} */ observer = null;

  /**
   * @param {object} act
   * @param {(key: string) => void} act.choose an image
   * @param {(tab: string) => void} act.tab
   * @param {(domain: string) => void} act.domain
   */
  constructor(act) {
    this.act = act;
    this.head = h("div", { class: "strip-head" });
    this.frames = h("div", { class: "frames" });
    this.element = h("div", { class: "strip card" }, this.head, this.frames);
  }

  destroy() {
    this.observer?.disconnect();
  }

  /**
   * Draw anew only what changed; the row keeps its scroll position.
   * @param {MaskData} data
   * @param {Chosen} chosen
   */
  show(data, chosen) {
    const { tab, domain } = chosen;
    const { base, step, before, palette, orders, others } = data;
    const keys = orders[domain][tab];
    const wanted = JSON.stringify([base, step, before, palette, tab, domain, keys, others]);
    if (wanted !== this.built) {
      this.drawHead(data, chosen);
      this.drawFrames(data, keys, others ? "There is no such image." : TABS[tab].none);
    }
    this.built = wanted;
    for (const frame of this.frames.querySelectorAll(".frame")) {
      const isShown = frame.getAttribute("data-key") === chosen.image;
      frame.setAttribute("aria-current", String(isShown));
    }
  }

  /**
   * @param {MaskData} data
   * @param {Chosen} chosen
   */
  drawHead(data, { tab, domain }) {
    const order = data.orders[domain];
    const tabs = Object.keys(TABS)
      .filter((name) => order[name])
      .map((name) =>
        h("button", {
          type: "button",
          class: "tab",
          role: "tab",
          "aria-selected": String(name === tab),
          text:
            name === "all"
              ? `All ${order.all.length}`
              : (data.others?.tabs[name] ?? TABS[name].label),
          onclick: () => this.act.tab(name),
        }),
      );
    const domains = segmented("Domain", data.domains, domain, this.act.domain);
    this.head.replaceChildren(
      h("div", { role: "tablist", style: { display: "flex", gap: "24px" } }, ...tabs),
      h("span", { class: "keys", text: "← → previous and next image" }),
      ...(data.domains.length > 1 ? [domains] : []),
    );
  }

  /**
   * @param {MaskData} data
   * @param {string[]} keys
   * @param {string} none what to say without images
   */
  drawFrames(data, keys, none) {
    this.observer?.disconnect();
    this.observer = new IntersectionObserver((entries, observer) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        paints.get(target)?.();
      }
    });
    /** @type {Map<Element, () => void>} */
    const paints = new Map();
    const images = new Map(data.images.map((image) => [image.key, image]));
    const frames = keys.flatMap((key) => {
      const image = images.get(key);
      if (!image) return [];
      const canvas = h("canvas", {
        "aria-hidden": "true",
        width: image.width,
        height: image.height,
      });
      paints.set(canvas, () => paint(canvas, data, image));
      return frame(image, canvas, () => this.act.choose(image.key));
    });
    const nothing = h("p", { class: "caption", text: none });
    this.frames.replaceChildren(...(frames.length ? frames : [nothing]));
    const all = [...paints];
    for (const [, paintNow] of all.slice(0, AT_ONCE)) paintNow();
    for (const [canvas] of all.slice(AT_ONCE)) this.observer.observe(canvas);
  }
}

/**
 * @param {ImageInfo} image
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} act
 */
function frame({ key, name, before, after, gain }, canvas, act) {
  const numbers = h("span");
  if (before !== null && after !== null) {
    numbers.append(`${before.toFixed(1)} → ${after.toFixed(1)} `, changeMark(gain ?? 0));
  } else if (after !== null) numbers.append(`mIoU ${after.toFixed(1)}`);
  const title = h("span", { class: "name", text: name });
  return h(
    "button",
    { type: "button", class: "frame", "data-key": key, title: name, onclick: act },
    canvas,
    title,
    numbers,
  );
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {MaskData} data
 * @param {ImageInfo} image
 */
async function paint(canvas, data, { key, name }) {
  const { step } = data;
  canvas.setAttribute("aria-label", `Mask of ${name} at step ${step}`);
  try {
    const mask = await plane(maskUrl(data, key, step));
    const { picture } = idLayer(mask, classEntries(data), new Set());
    brush(canvas).drawImage(picture, 0, 0, canvas.width, canvas.height);
  } catch {
    canvas.setAttribute("aria-label", `The mask of ${name} at step ${step} cannot be read`);
  }
}
