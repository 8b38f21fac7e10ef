// @ts-check
// The look of a panel that fills what it has and does not scroll: a window, or a page of paper.

/**
 * Return the rules of a panel of a given height.
 * @param {string} scope
 */
export const filled = (scope) => `
${scope} .main { grid-template-rows: minmax(0, 1fr); }
${scope} .main:not(.alone) { grid-template-columns:
  calc((100% - 52 * var(--px)) * var(--words, 0.42)) minmax(0, 1fr); }
${scope} .words { height: 100%; overflow: auto; }
${scope} .picture { height: 100%; overflow: hidden auto; }
${scope} .bars { display: grid; grid-template-rows: minmax(0, 1fr) auto;
  height: min(100%, calc(450 * var(--px))); }
${scope} .bars ul { gap: 0; }
${scope} .fit { container-type: size; height: 100%; min-height: 0; }
${scope} .curtain { --most: 100cqh; }
${scope} .pair, ${scope} .maps { --scrolls: 0; height: 100%; }
${scope} .wiped { grid-template-rows: auto auto minmax(0, 1fr); }
`;

const [WIDE, HIGH] = [1046, 717]; // pixels of a page of A4 on its side, within its margins

/** The pages of the story, nested below .story: always light, nothing to press. */
export const PAPER = `
&.sheets { --st-text-color: #151A21; --st-background-color: #FFFFFF;
  --st-secondary-background-color: #F5F6F8; --st-border-color: #E1E4EA;
  --st-gray-text-color: #626B78; --st-primary-color: #2B55DB; --st-orange-color: #E0782A;
  --st-orange-text-color: #A34708; --px: 0.92px; --text: 17px; --dots: 2;
  width: ${WIDE}px; border-radius: 0; color-scheme: light; print-color-adjust: exact; }
&.sheets .page { height: ${HIGH}px; overflow: hidden; break-after: page; break-inside: avoid;
  grid-template-rows: auto minmax(0, 1fr) auto; }
&.sheets .page:last-child { break-after: auto; }
&.sheets .page:not([data-room=wide]) { --px: 0.8px; --text: 14px; }
&.sheets .links, &.sheets .wipe-tools, &.sheets .wipe, &.sheets .divider span { display: none; }
&.sheets .words, &.sheets .picture { overflow: hidden; }
${filled("&.sheets")}
&.sheets .wiped { grid-template-rows: auto minmax(0, 1fr); }
`;

/** Where the pages stand on the screen and in print, outside of .story. */
export const PRINTED = `
@page { size: A4 landscape; margin: 10mm; }
.story-sheets { position: fixed; top: 0; left: -20000px; width: ${WIDE}px; visibility: hidden;
  pointer-events: none; }
@media print {
  body:has(> .story-sheets[data-ready]) > :not(.story-sheets) { display: none !important; }
  html:has(.story-sheets[data-ready]), body:has(> .story-sheets[data-ready]) {
    display: block !important; position: static !important; width: auto !important;
    height: auto !important; margin: 0 !important; padding: 0 !important;
    overflow: visible !important; background: #FFFFFF !important; }
  .story-sheets[data-ready] { position: static; visibility: visible; }
}
`;
