// @ts-check
// Looks of the class list.

export const STYLE = `
.class-legend { container-type: inline-size; font-family: var(--st-font); font-size: 13px; line-height: 20px; color: var(--st-text-color);
  font-variant-numeric: tabular-nums; }
.class-legend .top { display: flex; justify-content: space-between; align-items: baseline; gap: 8px; min-height: 22px; }
.class-legend .line { font-size: 12px; opacity: .8; }
.class-legend ul { list-style: none; margin: 4px 0 0; padding: 0; max-height: 288px; overflow-y: auto; }
.class-legend.dense ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)); column-gap: 4px;
  max-height: 168px; }
.class-legend li, .class-legend .heads { display: grid; grid-template-columns: minmax(0, 1fr) 52px 112px;
  align-items: center; gap: 8px; min-height: 24px; border-radius: 4px; position: relative; }
.class-legend .heads { font-size: 12px; line-height: 16px; opacity: .8; padding-right: 4px; text-align: right; }
.class-legend .heads[hidden] { display: none; }
.class-legend.dense li { display: block; }
.class-legend li:hover { background: color-mix(in srgb, var(--st-text-color) 6%, transparent); }
.class-legend button { font: inherit; color: inherit; background: none; border: 0; padding: 0 4px; cursor: pointer;
  border-radius: 4px; }
.class-legend button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -1px; }
.class-legend .top button { color: var(--st-primary-color); } .class-legend .top button[hidden] { display: none; }
.class-legend .name { display: flex; align-items: center; gap: 8px; min-width: 0; width: 100%; text-align: left; height: 24px; }
.class-legend .name span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.class-legend .name i { flex: none; width: 12px; height: 12px; border-radius: 2px; box-sizing: border-box;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 50%, var(--st-background-color)); }
.class-legend .name[aria-pressed="false"] span { text-decoration: line-through; opacity: .75; }
.class-legend .name[aria-pressed="false"] i { background: none !important; }
.class-legend .count { text-align: right; }
.class-legend .own { display: grid; grid-template-columns: 1fr 38px; align-items: center; gap: 6px; text-align: right; }
.class-legend s { height: 6px; border-radius: 3px; background: color-mix(in srgb, var(--st-text-color) 14%, transparent); }
.class-legend u { display: block; height: 6px; border-radius: 3px; background: var(--st-primary-color); }
.class-legend .acts { position: absolute; right: 0; display: flex; opacity: 0; border-radius: 4px; height: 24px;
  background: color-mix(in srgb, var(--st-text-color) 6%, var(--st-background-color)); }
.class-legend li:hover .acts, .class-legend .acts:focus-within { opacity: 1; }
.class-legend .act { color: var(--st-primary-color); font-size: 12px; }
@container (max-width: 270px) {
  .class-legend li, .class-legend .heads { grid-template-columns: minmax(0, 1fr) 42px; }
  .class-legend .own { grid-template-columns: 1fr; }
  .class-legend .heads span:last-child { justify-self: end; white-space: nowrap; }
  .class-legend s, .class-legend .count, .class-legend .heads span:nth-child(2) { display: none; }
}
@media (hover: none) { .class-legend .acts { opacity: 1; } }
`;
