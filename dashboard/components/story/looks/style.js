// @ts-check
// The look of the story: the frame and the words. Sizes are those of a window of 1440 x 900 in
// `--px`, which grows with the window where the story covers it.

import { WIPE_STYLE } from "../../label_maps/wipe.js";
import { EDITS } from "../edits/style.js";
import { PICTURES } from "../pictures/style.js";
import { filled, PAPER, PRINTED } from "./style_whole.js";

export const STYLE = `
.story {
  --ink: var(--st-text-color, #151A21); --paper: var(--st-background-color, #FFF);
  --ink2: color-mix(in srgb, var(--ink) 78%, var(--paper));
  --ink3: var(--st-gray-text-color, color-mix(in srgb, var(--ink) 68%, var(--paper)));
  --fill: var(--st-secondary-background-color, #F5F6F8);
  --line: var(--st-border-color, color-mix(in srgb, var(--ink) 13%, var(--paper)));
  --strong: color-mix(in srgb, var(--ink) 24%, var(--paper));
  --accent: var(--st-primary-color, #2B55DB);
  --accent-fill: color-mix(in srgb, var(--accent) 9%, var(--paper));
  --worse: var(--st-orange-text-color, #A34708); --worse-mark: var(--st-orange-color, #E0782A);
  --px: 0.86px; --text: max(16px, 20 * var(--px));
  container: story / inline-size; position: relative; background: var(--paper); color: var(--ink);
  font: 400 14px/20px var(--st-font, sans-serif); text-align: left; border-radius: 8px;
  font-variant-numeric: tabular-nums lining-nums; touch-action: pan-y pinch-zoom; outline: none;
& *, & *::before { box-sizing: border-box; }
& [hidden] { display: none !important; }
& h1, & h2, & p, & ul, & dl, & dd, & figure { margin: 0; padding: 0; }
& ul { list-style: none; } & li { margin: 0; }
& button { font: inherit; color: inherit; cursor: pointer; }
& :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
&:focus-visible:not(.present) { outline: 2px solid var(--accent); outline-offset: 4px; }
& kbd { font: 11px/16px var(--st-code-font, monospace); color: inherit; background: none;
  border: 1px solid var(--strong); border-radius: 4px; padding: 1px 5px; }
.page { display: grid; gap: calc(24 * var(--px)); grid-template-columns: minmax(0, 1fr); }
& header { display: flex; align-items: center; gap: calc(12 * var(--px)) 12px; }
.logo { flex: none; width: max(26px, 28 * var(--px)); aspect-ratio: 1; }
.logo-disc { fill: var(--accent); } .logo-diamond { fill: var(--paper); }
.titles { min-width: 0; flex: 1; }
& .title { font-size: max(15px, 16 * var(--px)); line-height: 1.3; font-weight: 600;
  letter-spacing: normal; color: var(--ink); }
.summary { color: var(--ink3); font-size: max(13px, 14 * var(--px)); line-height: 1.35; }
.running { flex: 0 1 auto; color: var(--accent); background: var(--accent-fill);
  padding: 4px 10px; border-radius: 6px; font-size: max(13px, 14 * var(--px)); line-height: 1.35; }
.tools { flex: none; display: flex; gap: 4px; font-size: max(14px, 15 * var(--px)); }
& .quiet { border: 0; background: none; color: var(--ink3); padding: 6px 8px; border-radius: 6px;
  line-height: 20px; white-space: nowrap; }
& .quiet:hover { color: var(--ink); background: var(--fill); }
& .wipe-tools .quiet { border: 1px solid var(--line); }
& .quiet[aria-pressed=true] { color: var(--accent); background: var(--accent-fill); }
.main { display: grid; gap: calc(32 * var(--px)) calc(52 * var(--px)); min-height: 0;
  grid-template-columns: minmax(0, 3fr) minmax(0, 4fr); }
.main.alone { grid-template-columns: minmax(0, 1fr); }
.main.alone .picture { display: none; }
.main.alone .words { max-width: 46em; }
.words { --fit: 1; min-height: 0; min-width: 0; align-self: start; max-height: 100%;
  font-size: var(--text); }
.kicker { color: var(--accent); font-weight: 600; font-size: max(14px, 16 * var(--px));
  line-height: 1.5; }
.number { --narrow: 1; display: flex; align-items: center; gap: 0.2em; white-space: nowrap;
  font-size: calc(104 * var(--px) * var(--fit) * var(--narrow)); line-height: 1.1; font-weight: 600;
  letter-spacing: -0.02em; color: var(--ink3); }
.number b { font-weight: 600; color: var(--accent); } .number b.lost { color: var(--worse); }
.arrow { display: grid; color: var(--strong); }
.arrow svg { width: 0.62em; height: 0.62em; stroke-width: 0.7; }
& .sentence { margin-top: calc(8 * var(--px)); font-weight: 600; letter-spacing: -0.005em;
  font-size: max(20px, 32 * var(--px) * (0.45 + 0.55 * var(--fit))); line-height: 1.25;
  color: var(--ink); text-wrap: pretty; }
.words .text { margin-top: calc(14 * var(--px)); color: var(--ink2); font-size: var(--text);
  line-height: 1.45; text-wrap: pretty; }
.links { display: flex; flex-wrap: wrap; gap: 4px 20px; }
& .links { margin-top: calc(16 * var(--px)); }
& .link { color: var(--accent); font-size: max(14px, 15 * var(--px)); text-decoration: underline;
  text-underline-offset: 3px; text-decoration-thickness: 1px; }
& span.link { color: var(--ink3); text-decoration: none; }
.picture { min-width: 0; min-height: 0; font-size: calc(20 * var(--px)); }
.strip { display: grid; gap: calc(16 * var(--px)); grid-auto-flow: column;
  grid-auto-columns: minmax(0, 1fr); }
& .card { display: grid; grid-template-rows: auto auto auto 1fr; align-content: start; gap: 1px;
  min-width: 0; padding: 0 0 calc(10 * var(--px)); overflow: hidden; text-align: left;
  background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
& .card:hover { border-color: var(--strong); }
& .card[aria-current=step] { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.card[aria-current=step] .card-kicker { color: var(--accent); font-weight: 600; }
.card > :not(.thumb) { padding: 0 calc(14 * var(--px)); }
.card-kicker { margin-top: calc(8 * var(--px)); color: var(--ink3); overflow: hidden;
  font-size: max(12px, 13 * var(--px)); line-height: 1.4; white-space: nowrap;
  text-overflow: ellipsis; }
.card b { font-weight: 600; font-size: max(15px, 20 * var(--px)); line-height: 1.3;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.card-caption { color: var(--ink2); font-size: max(12px, 13.5 * var(--px)); line-height: 1.32; }
[data-room=tightest] .thumb, [data-room=tightest] .card-caption { display: none; }
.notes { background: var(--accent-fill); border-radius: 8px; padding: calc(18 * var(--px)) 20px; }
.notes dl { display: grid; gap: 12px calc(32 * var(--px));
  grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); }
.notes dt { color: var(--accent); font-weight: 600; font-size: max(13px, 14 * var(--px));
  line-height: 1.5; }
.notes dd { font-size: max(15px, 18 * var(--px)); line-height: 1.42; text-wrap: pretty; }
& footer { display: flex; align-items: center; gap: 12px 24px; }
.provenance { flex: 1; min-width: 0; color: var(--ink3); font-size: max(12px, 12.5 * var(--px));
  line-height: 1.4; overflow-wrap: anywhere; }
.ways { flex: none; display: flex; gap: 12px; }
& .way { display: inline-flex; align-items: center; gap: 8px; min-height: max(38px, 40 * var(--px));
  padding: 0 calc(18 * var(--px)); border: 1px solid var(--strong); border-radius: 6px;
  background: var(--paper); font-size: max(15px, 16 * var(--px)); }
& .way:hover { border-color: var(--accent); }
& .way.next { background: var(--accent); border-color: var(--accent); color: var(--paper);
  font-weight: 600; }
& .way.next kbd { border-color: color-mix(in srgb, var(--paper) 55%, transparent); }
& .way:disabled { opacity: 0.4; cursor: default; border-color: var(--strong); }
.help { position: absolute; top: max(60px, 82 * var(--px)); right: max(8px, 64 * var(--px)); z-index: 3; padding: 14px 18px;
  background: var(--paper); border: 1px solid var(--strong); border-radius: 8px;
  font-size: max(14px, 15 * var(--px)); line-height: 1.7; }
${WIPE_STYLE}
${PICTURES}
${EDITS}
&.present { position: fixed; inset: 0; z-index: 9999999; border-radius: 0; overflow: auto;
  overscroll-behavior: contain; --px: max(0.72px, min(100vw / 1440, 100vh / 900)); }
&.present .page { min-height: 100%; padding: calc(28 * var(--px)) calc(64 * var(--px)); }
&.present .links { display: none; }
@container story (max-width: 700px) {
  .page { --px: 0.8px; --text: 17px; gap: 20px; }
  .main, .main.alone { grid-template-columns: minmax(0, 1fr); gap: 20px; }
  & header { flex-wrap: wrap; } .titles { flex: 1 0 40%; }
  .keys, .tools kbd, .way kbd, .summary { display: none; }
  .running { order: 3; flex-basis: 100%; }
  .number { font-size: calc(72px * var(--narrow)); } & .sentence { font-size: 25px; }
  .strip { grid-auto-columns: 168px; overflow-x: auto; padding: 2px; scroll-snap-type: x proximity;
    overscroll-behavior-x: contain; touch-action: pan-x pan-y; }
  .card { scroll-snap-align: center; }
  & footer { display: contents; }
  .ways { position: sticky; bottom: 0; z-index: 2; padding: 8px 0; background: var(--paper); }
  .way { flex: 1; justify-content: center; min-height: 48px; }
}
@media (max-width: 700px) {
  &.present .page { padding: 16px 16px 8px; }
}
@media (min-width: 860px) and (min-height: 540px) {
  &.present { overflow: hidden; }
  &.present .page { height: 100%; grid-template-rows: auto minmax(0, 1fr) auto auto;
    padding: calc(30 * var(--px)) calc(80 * var(--px)) calc(24 * var(--px)); }
  ${filled("&.present")}
}
${PAPER}
}
${PRINTED}`;
