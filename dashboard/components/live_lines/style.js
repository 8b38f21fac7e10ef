// @ts-check
// Looks of the live lines; colours come from the theme of the page.

export const STYLE = `
.spcl-lines { font-family: var(--st-font); color: var(--st-text-color); position: relative;
  font-variant-numeric: tabular-nums lining-nums; }
.spcl-lines .head { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; }
.spcl-lines h3 { font-size: 15px; font-weight: 600; line-height: 20px; margin: 0; padding: 0; }
.spcl-lines .unit, .spcl-lines .note { font-size: 12px; line-height: 16px; opacity: .72; }
.spcl-lines .unit { margin-left: auto; }
.spcl-lines .files { display: flex; gap: 8px; margin-left: 12px; }
.spcl-lines .files button { all: unset; font-size: 12px; line-height: 24px; cursor: pointer;
  min-width: 24px; text-align: center;
  color: color-mix(in srgb, var(--st-text-color) 63%, var(--st-background-color)); }
.spcl-lines .files button:hover { color: var(--st-primary-color); text-decoration: underline; }
.spcl-lines .files button:focus-visible { outline: 2px solid var(--st-primary-color); }
.spcl-lines .controls { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center;
  margin: 4px 0; font-size: 12px; line-height: 16px; }
.spcl-lines .controls select { font: inherit; height: 26px; max-width: 132px; color: inherit;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: 6px; padding: 0 4px; }
.spcl-lines .controls label { display: flex; gap: 4px; align-items: center; min-height: 24px; }
.spcl-lines .controls input { accent-color: var(--st-primary-color); margin: 0; }
.spcl-lines .controls [type=range] { width: 72px; height: 24px; }
.spcl-lines .controls [type=checkbox] { width: 16px; height: 16px; }
.spcl-lines svg { display: block; width: 100%; cursor: crosshair; touch-action: pan-y; }
.spcl-lines text { font-size: 12px; fill: var(--st-text-color); }
.spcl-lines .axis { opacity: .72; }
.spcl-lines .grid { stroke: var(--st-border-color); stroke-width: 1; }
.spcl-lines .todo { fill: var(--st-text-color); opacity: .06; }
.spcl-lines .mark { stroke: var(--st-text-color); opacity: .35; stroke-dasharray: 2 3; }
.spcl-lines path { fill: none; stroke-width: 2; stroke-linejoin: round; }
.spcl-lines path.thin { stroke-width: 1.25; }
.spcl-lines path.raw { stroke-width: 1; opacity: .3; }
.spcl-lines .name { cursor: pointer; font-weight: 600; }
.spcl-lines .name.hidden { opacity: .4; font-weight: 400; text-decoration: line-through; }
.spcl-lines .name:focus-visible { outline: 2px solid var(--st-primary-color); }
.spcl-lines .picked { fill: var(--st-primary-color); opacity: .15; }
.spcl-lines .tip { position: absolute; pointer-events: none; padding: 4px 8px; font-size: 12px;
  line-height: 16px; border: 1px solid var(--st-border-color); border-radius: 6px; z-index: 2;
  background: var(--st-background-color); white-space: pre; }`;
