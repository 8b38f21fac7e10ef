// @ts-check
// The look of an exported file around the components in it.

export const STYLE = `
.exported { display: grid; gap: 32px; grid-template-columns: minmax(0, 1fr);
  --ink3: color-mix(in srgb, var(--st-text-color) 66%, var(--st-background-color)); }
.exported [hidden] { display: none !important; }
.file-top { display: flex; flex-wrap: wrap; gap: 8px 20px; justify-content: flex-end; }
.file-top .runs { margin-right: auto; }
.looks { display: flex; flex-wrap: wrap; gap: 8px 20px; }
.file-top label { display: inline-flex; gap: 8px; align-items: center; font-size: 13px;
  color: var(--ink3); }
.file-top select { font: inherit; height: 30px; padding: 0 8px; color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: 6px; max-width: 60vw; }
.file-notes { display: grid; gap: 4px; } .file-notes:empty { display: none; }
.file-notes p { margin: 0; padding: 8px 12px; border-radius: 6px;
  background: var(--st-secondary-background-color); }
.closer { display: grid; gap: 32px; grid-template-columns: minmax(0, 1fr);
  border-top: 1px solid var(--st-border-color); padding-top: 24px; }
.closer h2 { margin: 0; font-size: 26px; line-height: 32px; font-weight: 600; }
.home { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.home-title { margin: 0; font-size: 18px; line-height: 24px; font-weight: 600; }
.home-masks > .player { display: flex; align-items: center; gap: 8px; padding: 0 0 4px;
  --accent: var(--st-primary-color); }
.home-masks > .player button { font: inherit; font-size: 13px; height: 30px; min-width: 32px;
  padding: 0 10px; color: inherit; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: 6px; cursor: pointer; }
.home-masks > .player .main { background: var(--accent); color: var(--st-background-color);
  border-color: var(--accent); }
.home-masks > .player .track { flex: 1; padding: 0 8px; }
.home-masks > .player input { width: 100%; accent-color: var(--accent); }
.home-masks > .player b { min-width: 86px; text-align: right; font-weight: 600;
  font-variant-numeric: tabular-nums; }
.charts { display: grid; gap: 16px; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 560px), 1fr)); }
.chart-card { border: 1px solid var(--st-border-color); border-radius: 8px; padding: 16px;
  min-width: 0; overflow-x: auto; }
.chart-card .chart { min-width: 560px; }
.chart-head { display: flex; justify-content: space-between; gap: 8px; align-items: baseline; }
.chart-head h3 { margin: 0; font-size: 15px; line-height: 20px; font-weight: 600; }
.exported .unit, .exported .small { color: var(--ink3); font-size: 13px; line-height: 18px; }
.exported .small { margin: 4px 0 0; } .exported .small:empty { display: none; }
.file-foot { border-top: 1px solid var(--st-border-color); padding: 16px 0; }
.file-foot dl { margin: 0; display: grid; gap: 6px 32px; font-size: 13px; line-height: 18px;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr)); }
.file-foot dt { color: var(--ink3); } .file-foot dd { margin: 0; overflow-wrap: anywhere; }
@media print {
  html body:has(> .story-sheets[data-ready]) > main:not(.story-sheets) { display: block !important; }
  body:has(> .story-sheets[data-ready]) .file-story,
  .file-top, .home-masks > .player, .exported .feature-map .tools, .exported .feature-map .player,
  .exported .viewer .toolbar, .exported .viewer .rail { display: none !important; }
  .exported .viewer .strip { display: none !important; }
  .home-charts { break-before: page; }
  .home-map, .home-masks, .chart-card, .file-foot { break-inside: avoid; }
  .closer { break-before: page; border: 0; padding: 0; } .closer h2 { break-after: avoid; }
  .exported { gap: 16px; }
}
`;
