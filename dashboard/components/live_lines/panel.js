// One panel of the lines: frame, lines, names at their ends, zoom by dragging, values on hover.
import { decimated, niceTicks } from "./scale.js";

const SVG = "http://www.w3.org/2000/svg";
const LINE_HEIGHT = 15; // of the names beside the lines
const EDGE = { left: 34, right: 74, top: 8, bottom: 20 };
const HEIGHTS = { miou: 138, loss: 158 };

export class Panel {
  constructor(lines, kind, title, unit) {
    Object.assign(this, { lines, kind, height: HEIGHTS[kind] });
    this.root = element("div", "panel");
    const head = element("div", "head");
    const heading = document.createElement("h3");
    heading.textContent = title;
    this.unit = element("span", "unit");
    this.unit.textContent = unit;
    head.append(heading, this.unit);
    this.svg = node("svg", { role: "img", "aria-label": `${title} over the steps` });
    this.root.append(head, this.svg);
    this.listen();
  }

  draw() {
    const width = this.lines.root.clientWidth;
    this.width = width;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    this.svg.setAttribute("height", this.height);
    const all = this.lines.series(this.kind);
    this.shown = all.filter((line) => !this.lines.hidden.has(line.name));
    this.scale();
    this.svg.replaceChildren(
      ...this.frame(),
      ...this.shown.flatMap((line) => this.paths(line)),
      ...this.names(all),
    );
  }

  scale() {
    const [x0, x1] = this.lines.range();
    const inside = this.shown.flatMap((line) =>
      line.y.filter((y, i) => Number.isFinite(y) && line.x[i] >= x0 && line.x[i] <= x1),
    );
    let [low, high] = inside.length ? [min(inside), max(inside)] : [0, 1];
    if (this.kind === "loss") low = Math.min(low, 0);
    if (high - low < 1e-6) high = low + 1;
    this.ticks = niceTicks(low, high, 4);
    const [y0, y1] = [Math.min(low, this.ticks[0]), Math.max(high, this.ticks.at(-1))];
    const [right, bottom] = [this.width - EDGE.right, this.height - EDGE.bottom];
    this.x = (step) => EDGE.left + ((step - x0) / (x1 - x0)) * (right - EDGE.left);
    this.y = (value) => bottom - ((value - y0) / (y1 - y0)) * (bottom - EDGE.top);
    this.stepAt = (px) => x0 + ((px - EDGE.left) / (right - EDGE.left)) * (x1 - x0);
    Object.assign(this, { right, bottom, x0, x1 });
  }

  frame() {
    const { data } = this.lines;
    const parts = this.ticks.flatMap((tick) => [
      node("line", {
        class: "grid",
        x1: EDGE.left,
        x2: this.right,
        y1: this.y(tick),
        y2: this.y(tick),
      }),
      label(EDGE.left - 6, this.y(tick) + 4, number(tick), "end"),
    ]);
    for (const tick of niceTicks(this.x0, this.x1, 3).filter((t) => t >= this.x0 && t <= this.x1)) {
      parts.push(label(this.x(tick), this.height - 5, tick.toLocaleString("en"), "middle"));
    }
    const done = Math.max(this.lines.lastStep(), this.x0);
    if (done < this.x1) {
      parts.push(
        node("rect", {
          class: "todo",
          x: this.x(done),
          y: EDGE.top,
          width: this.right - this.x(done),
          height: this.bottom - EDGE.top,
        }),
      );
    }
    if (data.before !== null && data.before > this.x0 && data.before < this.x1) {
      const x = this.x(data.before);
      const mark = node("line", { class: "mark", x1: x, x2: x, y1: EDGE.top, y2: this.bottom });
      mark.append(titled(`Adaptation begins after step ${data.before.toLocaleString("en")}`));
      parts.push(mark);
    }
    return parts;
  }

  paths(line) {
    const parts = [];
    const clip = (px) => Math.min(Math.max(px, EDGE.top), this.bottom);
    const draw = (values, cls) => {
      const places = decimated(line.x, values, this.x0, this.x1, this.right - EDGE.left);
      const path = places
        .map(([x, y], i) => `${i ? "L" : "M"}${this.x(x).toFixed(1)} ${clip(this.y(y)).toFixed(1)}`)
        .join("");
      parts.push(
        node("path", {
          d: path,
          class: cls,
          style: `stroke:${line.color}`,
          "stroke-dasharray": line.dash,
        }),
      );
    };
    if (line.raw) draw(line.raw, "raw");
    draw(line.y, "line");
    return parts;
  }

  names(all) {
    const places = all.map((line) => ({ line, y: this.y(lastFinite(line.y) ?? 0) }));
    places.sort((a, b) => a.y - b.y);
    let lowest = EDGE.top + 4;
    for (const place of places) {
      place.y = Math.max(place.y + 4, lowest);
      lowest = place.y + LINE_HEIGHT;
    }
    let highest = this.height - 4;
    for (const place of places.toReversed()) {
      place.y = Math.min(place.y, highest);
      highest = place.y - LINE_HEIGHT;
    }
    return places.map(({ line, y }) => this.name(line, y));
  }

  name(line, y) {
    const hidden = this.lines.hidden.has(line.name);
    const text = label(this.right + 8, y, line.name, "start");
    text.setAttribute("class", hidden ? "name hidden" : "name");
    text.setAttribute("style", `fill:${line.color}`);
    text.setAttribute("tabindex", "0");
    text.setAttribute("role", "button");
    text.setAttribute("aria-pressed", String(!hidden));
    text.append(titled("Click hides or shows this line"));
    text.addEventListener("click", () => this.lines.toggle(line.name));
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.lines.toggle(line.name);
    });
    return text;
  }

  listen() {
    const at = (event) => event.clientX - this.svg.getBoundingClientRect().left;
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && at(event) < this.right) this.from = at(event);
    });
    this.svg.addEventListener("pointermove", (event) => this.hover(at(event), event));
    this.svg.addEventListener("pointerleave", () => {
      this.lines.tip.hidden = true;
    });
    this.svg.addEventListener("pointerup", (event) => this.release(at(event)));
    this.svg.addEventListener("dblclick", () => this.lines.zoomTo(null));
  }

  release(px) {
    const from = this.from;
    this.from = undefined;
    this.picked?.remove();
    if (from === undefined || Math.abs(px - from) < 6) return;
    const steps = [from, px].map((x) => this.stepAt(Math.min(Math.max(x, EDGE.left), this.right)));
    this.lines.zoomTo([Math.min(...steps), Math.max(...steps)]);
  }

  hover(px, event) {
    if (this.from !== undefined) this.pick(px);
    const { tip, root } = this.lines;
    const step = this.stepAt(px);
    tip.hidden = px < EDGE.left || px > this.right || !this.shown.length;
    if (tip.hidden) return;
    const found = this.shown.map((line) => [line, nearest(line.x, step)]).filter(([, i]) => i >= 0);
    const values = found.map(([line, i]) => `${line.name} ${number((line.raw ?? line.y)[i], 3)}`);
    const at = found.length ? found[0][0].x[found[0][1]] : Math.round(step);
    tip.textContent = [`Step ${at.toLocaleString("en")}`, ...values].join("\n");
    const box = root.getBoundingClientRect();
    tip.style.left = `${Math.min(px + 12, box.width - tip.offsetWidth - 4)}px`;
    tip.style.top = `${event.clientY - box.top + 12}px`;
  }

  pick(px) {
    this.picked ??= node("rect", { class: "picked", y: EDGE.top });
    this.picked.setAttribute("x", Math.min(px, this.from));
    this.picked.setAttribute("width", Math.abs(px - this.from));
    this.picked.setAttribute("height", this.bottom - EDGE.top);
    this.svg.append(this.picked);
  }
}

export function element(tag, cls) {
  const made = document.createElement(tag);
  made.className = cls;
  return made;
}

function node(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function label(x, y, text, anchor) {
  const made = node("text", { x, y, "text-anchor": anchor, class: "axis" });
  made.textContent = text;
  return made;
}

function titled(text) {
  const made = node("title");
  made.textContent = text;
  return made;
}

function number(value, digits = 2) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits + 1))) : "none";
}

function nearest(steps, step) {
  let best = -1;
  for (let i = 0; i < steps.length; i++) {
    if (best < 0 || Math.abs(steps[i] - step) < Math.abs(steps[best] - step)) best = i;
  }
  return best;
}

function lastFinite(values) {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return values[i];
  return undefined;
}

function min(values) {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function max(values) {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}
