// @ts-check
// Looks of the feature map; colours come from the theme of the page.

export const STYLE = `
.feature-map { position: relative; font-family: var(--st-font); font-size: 14px; color: var(--st-text-color); outline: none;
  border: 1px solid var(--st-border-color); border-radius: 8px; display: flex; flex-direction: column;
  --accent: var(--st-primary-color);
  --grey: color-mix(in srgb, var(--st-text-color) 62%, var(--st-background-color)); }
.feature-map:focus-visible { box-shadow: 0 0 0 2px var(--accent); }
.feature-map button { font: inherit; font-size: 13px; height: 30px; min-width: 32px; padding: 0 10px;
  color: inherit; background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: 6px; cursor: pointer; white-space: pre; }
.feature-map button:hover { border-color: var(--accent); }
.feature-map button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.feature-map button[aria-pressed="true"] { color: var(--accent); border-color: var(--accent);
  background: color-mix(in srgb, var(--accent) 10%, var(--st-background-color)); font-weight: 600; }
.feature-map .tools { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; padding: 12px; }
.feature-map .title { margin: 0; padding: 12px 16px 0; font-size: 15px; line-height: 20px; font-weight: 600; }
.feature-map [hidden] { display: none; }
.feature-map .group { display: flex; } .feature-map .group button { border-radius: 0; }
.feature-map .group button + button { margin-left: -1px; }
.feature-map .group button:first-child { border-radius: 6px 0 0 6px; }
.feature-map .group button:last-child { border-radius: 0 6px 6px 0; }
.feature-map .group button[aria-pressed="true"] { z-index: 1; }
.feature-map .count { font-size: 13px; opacity: .75; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .feature-map .end { margin-left: auto; display: flex; flex-wrap: wrap; gap: 6px; }
.feature-map .stage { position: relative;
  height: clamp(400px, calc(100vh / var(--spcl-scale, 1) - 398px), 1400px); overflow: hidden; touch-action: none; }
.feature-map.twin .stage { height: clamp(360px, calc(100vh / var(--spcl-scale, 1) - 454px), 1400px); }
.feature-map canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.feature-map .over { cursor: crosshair; }
.feature-map .tip { position: absolute; pointer-events: none; display: flex; flex-direction: column;
  background: #151A21E8; color: #fff; font-size: 12px; line-height: 16px; padding: 6px 10px; border-radius: 6px;
  max-width: 240px; z-index: 2; }
.feature-map .crop { position: relative; overflow: hidden; width: 216px; height: 120px; margin: -2px -6px 4px;
  border-radius: 3px; }
.feature-map .crop img { position: absolute; max-width: none; image-rendering: pixelated; }
.feature-map .crop::before, .feature-map .crop::after { content: ""; position: absolute; z-index: 1;
  background: #fff; box-shadow: 0 0 0 1px #000a; }
.feature-map .crop::before { left: 99px; top: 59.5px; width: 18px; height: 1px; }
.feature-map .crop::after { left: 107.5px; top: 51px; width: 1px; height: 18px; }
.feature-map .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.feature-map .tip[hidden] { display: none; }
.feature-map .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 8px 16px; font-size: 12px; opacity: .85; }
.feature-map .legend span { display: flex; align-items: center; gap: 6px; }
.feature-map .mark { width: 10px; height: 10px; display: inline-block; box-sizing: border-box; }
.feature-map .ring { border: 2px solid currentColor; border-radius: 50%; }
.feature-map .disc { background: currentColor; border-radius: 50%; }
.feature-map .diamond { background: currentColor; transform: rotate(45deg) scale(.85); }
.feature-map .swatch { border-radius: 2px; }
.feature-map .scale { flex-wrap: wrap; } .feature-map .bar { gap: 0; } .feature-map .step { width: 18px; height: 10px; }
.feature-map .scale .ends { gap: 10px; }
.feature-map .trail { height: 2px; background: currentColor; width: 18px; }
.feature-map .player { display: flex; align-items: center; gap: 8px; padding: 12px 16px 4px;
  border-top: 1px solid var(--st-border-color); }
.feature-map .player .main { background: var(--accent); color: var(--st-background-color); border-color: var(--accent); }
.feature-map .track { flex: 1; position: relative; padding: 0 8px; }
.feature-map .track input { width: 100%; accent-color: var(--accent); }
.feature-map .refits { position: absolute; left: 16px; right: 16px; top: -6px; height: 6px; }
.feature-map .refits i { position: absolute; border: 4px solid transparent; border-top-color: #E0782A; margin-left: -4px; }
.feature-map .player b { min-width: 86px; text-align: right; font-weight: 600; font-variant-numeric: tabular-nums; }
.feature-map .note { font-size: 12px; line-height: 16px; margin: 0; padding: 0 16px 12px; opacity: .85; }
.feature-map:fullscreen { background: var(--st-background-color); border: 0; border-radius: 0; }
.feature-map:fullscreen .stage { flex: 1; height: auto; min-height: 0; }
.feature-map .help { position: absolute; right: 12px; top: 12px; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: 8px; padding: 12px 16px; font-size: 13px; z-index: 3; }
.feature-map .help p { margin: 2px 0; } .feature-map kbd { font-family: var(--st-code-font); font-size: 11px;
  border: 1px solid var(--st-border-color); border-radius: 4px; padding: 1px 5px; }
`;
