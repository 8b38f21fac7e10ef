// mIoU and loss over the steps. Asks the server only for what is new, and keeps the zoom and the
// hidden lines while data arrive. Drag: zoom in. Double-click: all steps. Click a name: hide it.
import { readRows } from "./live_rows.js";
import { decimated, niceTicks, smoothed } from "./live_scale.js";

const SVG = "http://www.w3.org/2000/svg";
const EVERY_MS = 2000;
const EDGE = { left: 34, right: 74, top: 8, bottom: 20 };
const HEIGHTS = { miou: 138, loss: 158 };

const COLORS = {
  "loss/contrast": "var(--st-primary-color)",
  "loss/segmentation": "var(--st-text-color)",
  "loss/self_training": "var(--st-gray-color, #7a8494)",
};

const STYLE = `
.spcl-lines { font-family: var(--st-font); color: var(--st-text-color); position: relative;
  font-variant-numeric: tabular-nums lining-nums; }
.spcl-lines .head { display: flex; justify-content: space-between; align-items: baseline; }
.spcl-lines h3 { font-size: 15px; font-weight: 600; line-height: 20px; margin: 0; padding: 0; }
.spcl-lines .unit, .spcl-lines .note { font-size: 12px; line-height: 16px; opacity: .72; }
.spcl-lines svg { display: block; width: 100%; cursor: crosshair; touch-action: pan-y; }
.spcl-lines text { font-size: 12px; fill: var(--st-text-color); }
.spcl-lines .axis { opacity: .72; }
.spcl-lines .grid { stroke: var(--st-border-color); stroke-width: 1; }
.spcl-lines .todo { fill: var(--st-text-color); opacity: .06; }
.spcl-lines .mark { stroke: var(--st-text-color); opacity: .35; stroke-dasharray: 2 3; }
.spcl-lines path { fill: none; stroke-width: 2; stroke-linejoin: round; }
.spcl-lines path.raw { stroke-width: 1; opacity: .3; }
.spcl-lines .name { cursor: pointer; font-weight: 600; }
.spcl-lines .name.hidden { opacity: .4; font-weight: 400; text-decoration: line-through; }
.spcl-lines .name:focus-visible { outline: 2px solid var(--st-primary-color); }
.spcl-lines .picked { fill: var(--st-primary-color); opacity: .15; }
.spcl-lines .tip { position: absolute; pointer-events: none; padding: 4px 8px; font-size: 12px;
  line-height: 16px; border: 1px solid var(--st-border-color); border-radius: 6px; z-index: 2;
  background: var(--st-background-color); white-space: pre; }`;

/** Draw, or take over new data without losing what the person has set. */
export default function liveLines(component) {
  const { parentElement, data } = component;
  const lines = (parentElement.spclLines ??= new Lines(parentElement));
  lines.update(data);
  return () => lines.pause();
}

class Lines {
  constructor(parent) {
    this.zoom = null;
    this.hidden = new Set();
    this.root = element("div", "spcl-lines");
    this.root.dataset.chart = "live-lines";
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.panels = [new Panel(this, "miou", "mIoU", "%"), new Panel(this, "loss", "Loss",
      "smoothed, raw behind")];
    this.note = element("div", "note");
    this.tip = element("div", "tip");
    this.tip.hidden = true;
    this.root.append(style, ...this.panels.map((panel) => panel.root), this.note, this.tip);
    parent.replaceChildren(this.root);
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  update(data) {
    this.data = data;
    this.draw();
    this.pause();
    this.look();
  }

  pause() {
    clearTimeout(this.timer);
  }

  async look() {
    const asked = this.data.url;
    if (!document.hidden) {
      try {
        this.rows = await readRows(asked);
      } catch {
        // the server is away; the next look finds it again
      }
      if (asked !== this.data.url || !this.root.isConnected) return;
      this.draw();
    }
    if (this.data.live) this.timer = setTimeout(() => this.look(), EVERY_MS);
  }

  /** Steps shown: what the person zoomed to, else the whole plan. */
  range() {
    return this.zoom ?? [0, Math.max(this.data.total, 1)];
  }

  lastStep() {
    return Math.max(this.rows?.step.at(-1) ?? 0, ...this.data.miou.steps, 0);
  }

  draw() {
    if (!this.data || !this.root.clientWidth) return;
    for (const panel of this.panels) panel.draw();
    const last = this.lastStep();
    this.root.dataset.step = last;
    this.root.dataset.points = this.rows?.step.length ?? 0;
    const more = last < this.data.total ? "; grey area is still to come" : "";
    const zoomed = this.zoom ? "; double-click shows all steps" : "";
    this.note.textContent = `Steps since the run began${more}${zoomed}.`;
  }

  series(kind) {
    if (kind === "miou") return this.scoreSeries();
    const rows = this.rows;
    if (!rows) return [];
    const shown = Object.keys(rows).filter((name) => name !== "step" && name !== "loss/total");
    const names = shown.length ? shown : Object.keys(rows).filter((name) => name !== "step");
    return names.map((name, index) => ({
      name: lossName(name), x: rows.step, raw: rows[name], y: smoothed(rows[name]),
      color: COLORS[name] ?? "var(--st-gray-color, #7a8494)",
      dash: name in COLORS ? "" : ["5 3", "2 3", "8 3"][index % 3],
    }));
  }

  scoreSeries() {
    const { steps, source, target } = this.data.miou;
    const percent = (values) => values.map((value) => value === null ? NaN : 100 * value);
    return [
      { name: "Source", x: steps, y: percent(source), color: "var(--st-text-color)", dash: "5 3" },
      { name: "Target", x: steps, y: percent(target), color: "var(--st-primary-color)", dash: "" },
    ].filter((line) => line.y.some(Number.isFinite));
  }

  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    this.draw();
  }

  zoomTo(range) {
    this.zoom = range;
    this.draw();
  }
}

class Panel {
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
    this.svg.replaceChildren(...this.frame(), ...this.shown.flatMap((line) => this.paths(line)),
      ...this.names(all));
  }

  scale() {
    const [x0, x1] = this.lines.range();
    const inside = this.shown.flatMap((line) =>
      line.y.filter((y, i) => Number.isFinite(y) && line.x[i] >= x0 && line.x[i] <= x1));
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
      node("line", { class: "grid", x1: EDGE.left, x2: this.right, y1: this.y(tick),
        y2: this.y(tick) }),
      label(EDGE.left - 6, this.y(tick) + 4, number(tick), "end"),
    ]);
    for (const tick of niceTicks(this.x0, this.x1, 3).filter((t) => t >= this.x0 && t <= this.x1)) {
      parts.push(label(this.x(tick), this.height - 5, tick.toLocaleString("en"), "middle"));
    }
    const done = Math.max(this.lines.lastStep(), this.x0);
    if (done < this.x1) {
      parts.push(node("rect", { class: "todo", x: this.x(done), y: EDGE.top,
        width: this.right - this.x(done), height: this.bottom - EDGE.top }));
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
      const path = places.map(([x, y], i) =>
        `${i ? "L" : "M"}${this.x(x).toFixed(1)} ${clip(this.y(y)).toFixed(1)}`).join("");
      parts.push(node("path", { d: path, class: cls, style: `stroke:${line.color}`,
        "stroke-dasharray": line.dash }));
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
      lowest = place.y + 15;
    }
    return places.map(({ line, y }) => this.name(line, Math.min(y, this.height - 4)));
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
    this.svg.addEventListener("pointerleave", () => { this.lines.tip.hidden = true; });
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

function element(tag, cls) {
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

function lossName(name) {
  const word = name.replace("loss/", "").replaceAll("_", " ");
  return { segmentation: "Segment", "self training": "Self-train" }[word]
    ?? word[0].toUpperCase() + word.slice(1);
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
