// A row of thumbnails: exact masks at their own size, drawn only once they come into sight.

import { changeMark, h, segmented } from "../shared/dom.js";
import { classEntries, maskUrl } from "./layers.js";
import { idLayer } from "./paint.js";
import { plane } from "./png.js";

export const TABS = [
  { value: "improved", label: "Most improved" },
  { value: "harmed", label: "Most harmed" },
  { value: "typical", label: "Typical" },
  { value: "all", label: "All" },
];
const NONE = {
  improved: "No image improved against the state before adaptation.",
  harmed: "No image got worse against the state before adaptation.",
  typical: "No image has a score yet.",
  all: "No probe image of this domain is recorded.",
};

// The strip under the viewer; choices come back through `choose(key)`, `tab(name)`, `domain(name)`.
export class Strip {
  constructor({ choose, tab, domain }) {
    this.act = { choose, tab, domain };
    this.head = h("div", { class: "strip-head" });
    this.frames = h("div", { class: "frames" });
    this.element = h("div", { class: "strip card" }, this.head, this.frames);
  }

  // Draw anew only what changed; the row keeps its scroll position.
  show(data, { image, tab, domain }) {
    const orders = data.orders[domain];
    const signature = JSON.stringify([
      data.base,
      data.step,
      data.before,
      data.palette,
      tab,
      domain,
      orders[tab],
    ]);
    if (signature !== this.signature) this.build(data, { tab, domain, orders });
    this.signature = signature;
    for (const frame of this.frames.querySelectorAll(".frame")) {
      frame.setAttribute("aria-current", String(frame.dataset.key === image));
    }
  }

  build(data, { tab, domain, orders }) {
    const tabs = TABS.filter(({ value }) => orders[value]).map(({ value, label }) =>
      h("button", {
        type: "button",
        class: "tab",
        role: "tab",
        "aria-selected": String(value === tab),
        text: value === "all" ? `All ${orders.all.length}` : label,
        onclick: () => this.act.tab(value),
      }),
    );
    const domains =
      data.domains.length > 1 ? segmented("Domain", data.domains, domain, this.act.domain) : null;
    this.head.replaceChildren(
      h("div", { role: "tablist", style: { display: "flex", gap: "24px" } }, ...tabs),
      h("span", { class: "keys", text: "← → previous and next image" }),
      ...(domains ? [domains] : []),
    );
    const images = new Map(data.images.map((image) => [image.key, image]));
    const frames = orders[tab].map((key) => this.frame(data, images.get(key)));
    if (!frames.length) frames.push(h("p", { class: "caption", text: NONE[tab] }));
    this.frames.replaceChildren(...frames);
    lazily(this.frames);
  }

  frame(data, image) {
    return frame(image, maskCanvas(data, image, data.step), () => this.act.choose(image.key));
  }
}

function frame(image, canvas, act) {
  const numbers = h("span");
  if (image.before !== null && image.after !== null) {
    numbers.append(
      `${image.before.toFixed(1)} → ${image.after.toFixed(1)} `,
      changeMark(image.gain),
    );
  } else if (image.after !== null) numbers.append(`mIoU ${image.after.toFixed(1)}`);
  return h(
    "button",
    { type: "button", class: "frame", "data-key": image.key, title: image.name, onclick: act },
    canvas,
    h("span", { class: "name", text: image.name }),
    numbers,
  );
}

function maskCanvas(data, image, step) {
  const canvas = h("canvas", {
    role: "img",
    "aria-label": `Mask of ${image.name} at step ${step}`,
  });
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.paint = async () => {
    try {
      const { picture } = idLayer(
        await plane(maskUrl(data, image.key, step)),
        classEntries(data),
        new Set(),
      );
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    } catch {
      canvas.setAttribute("aria-label", `The mask of ${image.name} at step ${step} cannot be read`);
    }
  };
  return canvas;
}

function lazily(row) {
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((each) => each.isIntersecting)) {
      observer.unobserve(entry.target);
      entry.target.paint();
    }
  });
  for (const canvas of row.querySelectorAll("canvas")) observer.observe(canvas);
}
