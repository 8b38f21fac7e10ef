// mIoU and loss over the steps. Asks the server only for what is new, and keeps the zoom and the
// hidden lines while data arrive. Drag: zoom in. Double-click: all steps. Click a name: hide it.
import { element, Panel } from "./panel.js";
import { readRows } from "./rows.js";
import { smoothed } from "./scale.js";

const EVERY_MS = 2000;

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
    this.panels = [
      new Panel(this, "miou", "mIoU", "%"),
      new Panel(this, "loss", "Loss", "smoothed, raw behind"),
    ];
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
      name: lossName(name),
      x: rows.step,
      raw: rows[name],
      y: smoothed(rows[name]),
      color: COLORS[name] ?? "var(--st-gray-color, #7a8494)",
      dash: name in COLORS ? "" : ["5 3", "2 3", "8 3"][index % 3],
    }));
  }

  scoreSeries() {
    const { steps, source, target } = this.data.miou;
    const percent = (values) => values.map((value) => (value === null ? NaN : 100 * value));
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

function lossName(name) {
  const word = name.replace("loss/", "").replaceAll("_", " ");
  return (
    { segmentation: "Segment", "self training": "Self-train" }[word] ??
    word[0].toUpperCase() + word.slice(1)
  );
}
