// @ts-check
// The look of the pictures of the story and of their small versions, nested below .story.

export const PICTURES = `
.caption { color: var(--ink3); font-size: max(13px, 14 * var(--px)); line-height: 1.4; }
.fit { container-type: inline-size; display: grid; justify-items: start; align-items: start; }
.curtain { --most: 62vh; position: relative; width: min(100%, var(--most) * var(--ratio));
  aspect-ratio: var(--ratio); overflow: hidden; border-radius: 8px; background: var(--fill);
  touch-action: pan-y; user-select: none; cursor: ew-resize; }
.curtain.still { cursor: default; }
.curtain.still .divider, .curtain.still .wipe { display: none; }
.face { position: absolute; inset: 0; }
.face canvas { display: block; width: 100%; height: 100%; }
.curtain .chip { position: absolute; top: 10px; max-width: 48%; padding: 3px 9px;
  border-radius: 6px; color: #fff; background: #151A21DD; pointer-events: none;
  font-size: max(12px, 15 * var(--px)); line-height: 1.5; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.face.front .chip { left: 10px; } .face.back .chip { right: 10px; }
.curtain .divider { width: 3px; margin-left: -1.5px; }
.curtain .divider span { width: max(40px, 46 * var(--px)); height: max(40px, 46 * var(--px)); }
.curtain .divider svg { width: max(20px, 24 * var(--px)); height: max(20px, 24 * var(--px)); }
.message { position: absolute; inset: 0; display: grid; place-content: center; padding: 16px;
  text-align: center; color: var(--ink2); font-size: max(14px, 15 * var(--px)); }
& .segmented { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--strong);
  border-radius: 6px; overflow: hidden; font-size: max(13px, 15 * var(--px)); }
& .segmented button { border: 0; border-left: 1px solid var(--line); background: var(--paper);
  padding: calc(6 * var(--px)) calc(12 * var(--px)); min-height: 32px; line-height: 1.3; }
& .segmented button:first-child { border-left: 0; }
& .segmented button[aria-pressed=true] { background: var(--accent-fill); color: var(--accent);
  font-weight: 600; }
& .segmented button:focus-visible { outline-offset: -2px; }
.wiped { display: grid; gap: calc(10 * var(--px)); min-width: 0; min-height: 0; height: 100%;
  align-content: start; }
.wipe-tools { display: flex; flex-wrap: wrap; gap: 6px 8px; font-size: max(13px, 15 * var(--px)); }
.pair { --scrolls: 1; display: flex; flex-wrap: wrap; gap: 24px; align-content: start; }
.pair.below, .pair.stacked { flex-direction: column; flex-wrap: nowrap; }
.pair figure { width: var(--wide, 100%); min-width: 0; }
.pair.below figure { display: grid; width: 100%; gap: calc(18 * var(--px)); align-items: start;
  grid-template-columns: var(--wide) minmax(0, 1fr); }
.pair.below figcaption { margin-top: 0; } .pair.below b { display: block; font-size: 1.3em; }
.pair .curtain { --most: 999vw; width: 100%; }
.pair figcaption { margin-top: 8px; font-size: max(13px, 15 * var(--px)); line-height: 1.4;
  color: var(--ink2); }
.pair b { font-weight: 600; color: var(--ink); margin-right: 8px; }
.maps { --scrolls: 1; display: grid; align-content: start; gap: 12px; }
.maps-pair { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 16px; }
.maps.below .maps-pair { grid-auto-flow: row; }
.maps .frame { position: relative; height: var(--tall, 300px); border-radius: 8px;
  border: 1px solid var(--line); overflow: hidden; }
.maps figcaption { position: absolute; top: 8px; left: 12px; z-index: 1; font-weight: 600;
  font-size: max(14px, 17 * var(--px)); line-height: 1.4; }
.maps canvas { position: absolute; left: 0; bottom: 0; width: 100%; height: calc(100% - 2.2em); }
.square-grid { display: block; width: 100%; height: auto; }
.square-grid rect { stroke-width: 2.5; }
.square-grid rect.right { fill: var(--ink3); fill-opacity: 0.72; }
.square-grid rect.gained { fill: var(--accent); }
.square-grid rect.wrong { fill: none; stroke: var(--strong); }
.square-grid rect.lost { fill: var(--worse-mark); fill-opacity: 0.16; stroke: var(--worse-mark); }
.bracket { fill: none; stroke: var(--ink3); stroke-width: 2; }
.bracket.gained { stroke: var(--accent); } .bracket.lost { stroke: var(--worse-mark); }
.squares { display: grid; gap: calc(28 * var(--px)); height: 100%; min-height: 0; }
.weak:not(.both) { height: 100%; }
.weak:not(.both) .bars { max-width: calc(640 * var(--px)); }
.squares.both { grid-template-columns: minmax(0, 3fr) minmax(0, 5fr); }
.weak.both { display: grid; gap: calc(28 * var(--px)); height: 100%; min-height: 0;
  grid-template-columns: minmax(0, 3fr) minmax(0, 5fr); }
.counted { display: grid; min-height: 0; align-content: start; gap: calc(12 * var(--px)); }
.squares:not(.both) .counted { gap: 8px;
  grid-template-columns: minmax(0, calc(440 * var(--px))) minmax(0, 1fr); }
.squares:not(.both) .counts { position: relative; }
.squares:not(.both) .counts li { position: absolute; top: var(--top); transform: translateY(-50%);
  white-space: nowrap; }
.squares:not(.both) .counts i { display: none; }
.counts li { white-space: nowrap; }
.counts { color: var(--ink2); font-size: max(14px, 16 * var(--px)); line-height: 1.3; }
.counts b { font-weight: 600; font-size: max(19px, 26 * var(--px)); margin-right: 4px;
  color: var(--ink3); }
.counts .gained b { color: var(--accent); } .counts .lost b { color: var(--worse); }
.counts i { display: inline-block; width: 0.85em; height: 0.85em; margin-right: 8px;
  border-radius: 2px; vertical-align: -0.05em; border: 1.5px solid var(--strong); }
.counts .right i { background: var(--ink3); border: 0; opacity: 0.72; }
.counts .gained i { background: var(--accent); border: 0; }
.counts .lost i { border-color: var(--worse-mark); }
.bars { min-width: 0; }
.bars ul { display: flex; flex-direction: column; justify-content: space-between;
  gap: calc(12 * var(--px)); }
.bars li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px;
  align-items: baseline; }
.bars .name { font-size: max(14px, 16 * var(--px)); line-height: 1.4; overflow-wrap: anywhere; }
.bars b { font-weight: 600; font-size: max(16px, 20 * var(--px)); line-height: 1.3; }
.track { position: relative; display: block; grid-column: 1 / -1; height: max(8px, 12 * var(--px));
  margin: 2px 0; background: var(--fill); border-radius: 2px; }
.bar { position: absolute; inset: 0 auto 0 0; border-radius: 2px; background: var(--ink3); }
.track .tick { position: absolute; top: -4px; bottom: -4px; width: 2px; margin-left: -1px;
  background: var(--ink); }
.bars li .caption { grid-column: 1 / -1; }
.bars > .caption { margin-top: calc(12 * var(--px)); }
.bars > .caption .tick { display: inline-block; width: 2px; height: 1em; vertical-align: -0.15em;
  background: var(--ink); margin-right: 4px; }
.sure { display: grid; gap: calc(28 * var(--px)); align-content: start; max-height: 100%; }
.ruler { --names: minmax(0, calc(150 * var(--px))); }
.ruler li, .ruler .axis { display: grid; grid-template-columns: calc(150 * var(--px)) minmax(0, 1fr);
  gap: 12px; align-items: center; min-height: max(28px, 42 * var(--px)); }
.ruler .name { font-size: max(14px, 16 * var(--px)); line-height: 1.25; color: var(--ink2);
  overflow-wrap: anywhere; }
.ruler .run .name { color: var(--ink); font-weight: 600; }
.ruler small { font-size: max(12px, 13 * var(--px)); color: var(--ink3); font-weight: 400; }
.plot { position: relative; display: block; align-self: stretch; margin: 0 20px; }
.plot::before { content: ""; position: absolute; top: 50%; left: 0; right: 0; height: 1px;
  background: var(--line); }
.plot i { position: absolute; top: 50%; }
.plot .grid { top: 0; bottom: 0; width: 1px; background: var(--line); }
.plot .dot { width: max(12px, 15 * var(--px)); aspect-ratio: 1; transform: translate(-50%, -50%);
  border-radius: 50%; background: var(--paper); border: 2.5px solid var(--ink3); }
.run .dot { background: var(--accent); border-color: var(--accent); }
.so-far .dot { border-style: dashed; background: var(--paper); }
.plot .seed { width: max(6px, 7 * var(--px)); aspect-ratio: 1; transform: translate(-50%, -50%);
  border-radius: 50%; background: var(--ink3); opacity: 0.75; }
.run .seed { background: var(--accent); }
.plot .value { position: absolute; top: 50%; transform: translate(14px, -50%); padding: 0 3px;
  font-size: max(14px, 17 * var(--px)); font-weight: 600; line-height: 1.2; white-space: nowrap;
  background: var(--paper); color: var(--ink2); }
.plot .value.left { transform: translate(calc(-100% - 14px), -50%); }
.run .value { color: var(--accent); }
.ruler .axis { min-height: 22px; position: relative; display: block;
  margin: 0 20px 0 calc(150 * var(--px) + 32px); }
.tick-name { position: absolute; white-space: nowrap; transform: translateX(-50%); color: var(--ink3);
  font-size: max(12px, 13 * var(--px)); line-height: 1.5; }
.facts { --apart: calc(14 * var(--px)); columns: 2; column-gap: calc(32 * var(--px)); }
.facts div { break-inside: avoid; padding-bottom: var(--apart); }
.facts dt { color: var(--ink3); font-size: max(13px, 14 * var(--px)); line-height: 1.4; }
.facts dd { font-size: max(14px, 17 * var(--px)); line-height: 1.38; overflow-wrap: anywhere; }
.page:not([data-room=wide]) .sure { gap: calc(14 * var(--px)); }
.page:not([data-room=wide]) .ruler li { min-height: max(24px, 30 * var(--px)); }
.page:not([data-room=wide]) .facts { --apart: calc(9 * var(--px)); }
.page:not([data-room=wide]) .facts dd { font-size: max(13px, 15.5 * var(--px)); line-height: 1.3; }
.facts:only-child dd { font-size: max(16px, 21 * var(--px)); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.thumb { position: relative; display: grid; height: calc(104 * var(--px)); overflow: hidden;
  background: var(--fill); }
.thumb > canvas { width: 100%; height: 100%; min-height: 0; }
.thumb .square-grid { height: 78%; width: auto; margin: auto; min-height: 0; }
.halves { display: flex; min-height: 0; height: 100%; }
.halves canvas { flex: 1; min-width: 0; width: 0; height: 100%; object-fit: cover; }
.thumb .lines, .thumb .dots { display: grid; align-content: center; gap: calc(8 * var(--px));
  padding: 0 12%; }
.thumb .track { margin: 0; height: calc(9 * var(--px)); background: var(--line); }
.thumb .quiet .bar { opacity: 0.4; }
.thumb .plot { height: calc(10 * var(--px)); margin: 0; }
.thumb .plot .dot { width: calc(10 * var(--px)); border-width: 2px; }
.thumb .plot .seed { width: calc(5 * var(--px)); }
.thumb .plot::before { background: var(--strong); }
& .thumb .blank { margin: auto; color: var(--strong); font-size: calc(44 * var(--px)); }
@container story (max-width: 700px) {
  .squares.both, .weak.both { grid-template-columns: minmax(0, 1fr); }
  .squares.both .counted { grid-template-columns: 148px minmax(0, 1fr); align-items: center; }
  .squares:not(.both) .counted { grid-template-columns: 205px minmax(0, 1fr); }
  .facts { columns: 1; }
}
`;
