// @ts-check
// The look of the mask viewer, from the page's own theme variables (light and dark follow). All
// of it is nested below .viewer, because the component stands in the page itself.

import { WIPE_STYLE } from "../label_maps/wipe.js";

export const STYLE = `
.viewer {
  --ink: var(--st-text-color); --page: var(--st-background-color);
  --ink2: color-mix(in srgb, var(--ink) 76%, var(--page));
  --ink3: color-mix(in srgb, var(--ink) 63%, var(--page));
  --fill: var(--st-secondary-background-color);
  --line: var(--st-border-color, color-mix(in srgb, var(--ink) 13%, var(--page)));
  --accent: var(--st-primary-color);
  --accent-fill: color-mix(in srgb, var(--accent) 11%, var(--page));
  --worse: var(--st-orange-text-color, #A34708);
  color: var(--ink); font: 400 14px/20px var(--st-font, sans-serif); text-align: left;
  font-variant-numeric: tabular-nums lining-nums; container-type: inline-size; outline: none;
& *, & *::before { box-sizing: border-box; }
& button, & select { font: inherit; color: inherit; cursor: pointer; }
& :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.toolbar { display: flex; flex-wrap: wrap; gap: 12px 20px; align-items: end; margin-bottom: 16px; }
.field { display: grid; gap: 4px; min-width: 0; }
.field-label { display: flex; justify-content: space-between; gap: 8px; font-size: 12px;
  line-height: 16px; color: var(--ink2); }
.field select { height: 32px; min-width: 130px; padding: 0 8px; background: var(--page);
  border: 1px solid var(--line); border-radius: 6px; }
.field input[type=range] { width: 104px; height: 32px; margin: 0; accent-color: var(--accent); }
& .save { height: 32px; padding: 0 4px; border: 0; background: none; color: var(--ink3); }
& .save:hover { color: var(--accent); }
.check { display: flex; gap: 8px; align-items: center; height: 32px; cursor: pointer; }
.check input { accent-color: var(--accent); width: 16px; height: 16px; margin: 0; }
.segmented { display: inline-flex; height: 32px; border: 1px solid var(--line); border-radius: 6px;
  overflow: hidden; }
.segmented button { border: 0; border-left: 1px solid var(--line); background: var(--page);
  padding: 0 12px; white-space: nowrap; }
.segmented button:first-child { border-left: 0; }
.segmented button[aria-pressed=true] { background: var(--accent-fill); color: var(--accent);
  font-weight: 600; }
.body { display: grid; gap: 16px; align-items: start;
  grid-template: "work side" auto "strip side" 1fr / minmax(0, 784fr) minmax(300px, 336fr); }
.beside { grid-area: side; }
.work { grid-area: work; display: grid; grid-template-columns: minmax(0, 1fr) 104px;
  gap: 8px; align-items: start; }
.stage { position: relative; display: grid; border-radius: 8px; overflow: hidden;
  background: var(--fill); touch-action: none; user-select: none; cursor: crosshair; }
.stage.side { grid-template-columns: 1fr 1fr; gap: 4px; background: var(--page); }
.pane { position: relative; grid-area: 1 / 1; overflow: hidden; }
.stage.side .pane { border-radius: 8px; }
.stage.side .pane.right { grid-area: 1 / 2; }
.pane canvas { display: block; width: 100%; }
.stage.single .pane.left, .stage.single .divider, .stage.single .wipe,
.stage.side .divider, .stage.side .wipe { display: none; }
${WIPE_STYLE}.chip { position: absolute; top: 12px; padding: 4px 8px; border-radius: 6px; color: #fff;
  background: #151A21DD; max-width: 46%; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; pointer-events: none; }
.chip b { font-weight: 600; }
.pane.left .chip, .stage.side .chip, .stage.single .chip { left: 12px; }
.stage.wiping .pane.right .chip { right: 12px; }
.zoom { position: absolute; left: 12px; bottom: 12px; display: flex; align-items: center; gap: 2px;
  padding: 2px; border-radius: 6px; background: #151A21DD; color: #fff; font-size: 13px; }
& .zoom button { display: grid; place-items: center; width: 28px; height: 28px; padding: 0;
  border: 0; background: none; color: inherit; border-radius: 4px; }
.zoom output { padding: 0 8px 0 4px; min-width: 48px; }
.tip { position: absolute; z-index: 2; pointer-events: none; padding: 8px 10px; border-radius: 6px;
  background: #151A21EE; color: #fff; font-size: 13px; line-height: 18px; width: max-content; }
.tip .place { color: #C3CAD6; }
.tip .line { display: grid; grid-template-columns: 48px 12px auto; gap: 8px; align-items: center; }
.tip .swatch { width: 12px; height: 12px; border: 1px solid #FFFFFF66; }
&:fullscreen { background: var(--page); padding: 20px 24px; overflow: auto; }
&:fullscreen .body { grid-template: "work" auto "strip" auto / minmax(0, 1fr); }
&:fullscreen .beside { display: none; }
&:fullscreen .stage { width: min(100%, (100vh - 150px) * var(--ratio, 2)); justify-self: end; }
&:fullscreen .stage.side { width: min(100%, (100vh - 150px) * 2 * var(--ratio, 2)); }
.rail { display: grid; gap: 6px; }
& .layer { position: relative; display: block; padding: 0; border: 0; border-radius: 6px;
  overflow: hidden; background: var(--fill); width: 100%; }
.layer canvas { display: block; width: 100%; }
.layer span { position: absolute; left: 0; right: 0; bottom: 0; padding: 8px 6px 2px; display: flex;
  justify-content: space-between; font-size: 12px; line-height: 16px; color: #fff;
  background: linear-gradient(transparent, #151A21D0 55%); }
.layer i { font-style: normal; opacity: 0.8; }
& .layer[aria-pressed=true] { box-shadow: 0 0 0 2px var(--page), 0 0 0 4px var(--accent); }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 16px; }
.panel h3 { margin: 0; font-size: 15px; line-height: 20px; font-weight: 600; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.panel .top { display: flex; justify-content: space-between; gap: 8px; }
.panel .score { white-space: nowrap; }
.panel .note, .panel th, .strip-head .keys, .caption { color: var(--ink3); font-size: 12px;
  line-height: 16px; font-weight: 400; }
.panel .note { margin: 2px 0 6px; }
.change { font-weight: 600; white-space: nowrap; }
.better { color: var(--accent); } .worse { color: var(--worse); }
.same { color: var(--ink3); font-weight: 400; }
.bar { display: flex; height: 16px; background: var(--fill); overflow: hidden; border-radius: 2px; }
.bar span { flex: none; background-size: 8px 8px; }
.key { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 8px 0; font-size: 13px;
  line-height: 18px; }
.key > span { display: inline-flex; gap: 6px; align-items: center; white-space: nowrap; }
.swatch { display: inline-block; flex: none; width: 12px; height: 12px; border-radius: 2px;
  box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--ink) 50%, transparent); }
.classes.long { max-height: 480px; overflow-y: auto; }
.classes.long th { position: sticky; top: 0; background: var(--page); }
.panel table { width: 100%; border-collapse: collapse; table-layout: fixed; }
.panel th { width: 52px; } .panel th:first-child { width: auto; }
.class-name span:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.panel th { text-align: right; padding: 2px 0; border-bottom: 1px solid var(--line); }
.panel th:first-child { text-align: left; }
.panel td { height: 24px; padding: 0; border-bottom: 1px solid var(--line); text-align: right; }
.panel td:first-child { text-align: left; }
& .class-name { display: flex; gap: 8px; align-items: center; width: 100%; padding: 0;
  border: 0; background: none; text-align: left; line-height: 22px; }
.class-name svg { color: var(--ink3); }
.class-name[aria-pressed=false] { color: var(--ink3); }
.absent { color: var(--ink3); }
.panel .confusions { margin: 12px 0 0; font-size: 13px; line-height: 18px; }
.confusions h4 { margin: 0 0 2px; font-size: 14px; line-height: 20px; font-weight: 600; }
.confusions p { margin: 0; overflow-wrap: anywhere; }
.waiting { opacity: 0.45; }
.strip { grid-area: strip; min-width: 0; padding: 0 0 12px; }
.strip-head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 24px; padding: 0 16px;
  border-bottom: 1px solid var(--line); }
& .tab { border: 0; border-bottom: 2px solid transparent; background: none; padding: 10px 0; }
& .tab[aria-selected=true] { color: var(--accent); border-color: var(--accent);
  font-weight: 600; }
.strip-head .keys { margin-left: auto; }
.frames { display: flex; gap: 12px; overflow-x: auto; padding: 14px 16px 4px; }
& .frame { flex: none; width: 128px; padding: 0; border: 0; background: none;
  text-align: left; }
.frame canvas { display: block; width: 100%; border-radius: 4px; background: var(--fill);
  image-rendering: pixelated; }
.frame[aria-current=true] canvas { box-shadow: 0 0 0 2px var(--page), 0 0 0 4px var(--accent); }
.frame .name { display: block; margin-top: 6px; color: var(--ink3); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.frame span { font-size: 12px; line-height: 16px; }
.message { grid-area: 1 / 1; z-index: 1; place-self: center; padding: 8px 12px; margin: 24px;
  border-radius: 6px; background: var(--page); color: var(--ink); border: 1px solid var(--line); }
.help { position: absolute; inset: 12px; z-index: 3; overflow: auto; padding: 16px; color: #fff;
  background: #151A21F2; border-radius: 8px; }
.help p { margin: 0 0 4px; } .help kbd { display: inline-block; min-width: 72px; font-weight: 600;
  font-family: inherit; }
@container (max-width: 900px) {
  .body { grid-template: "work" "strip" "side" / minmax(0, 1fr); }
}
}
`;
