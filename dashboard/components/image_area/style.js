// @ts-check
// Looks of the image.

export const STYLE = `
.image-area { font-family: var(--st-font); font-size: 12px; color: var(--st-text-color); }
.image-area .segmented { display: flex; margin-bottom: 6px; }
.image-area .segmented button { font: inherit; padding: 2px 8px; color: inherit; cursor: pointer;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); margin-left: -1px; }
.image-area .segmented button:first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
.image-area .segmented button:last-child { border-radius: 0 6px 6px 0; }
.image-area .segmented button[aria-pressed="true"] { color: var(--st-primary-color); font-weight: 600;
  border-color: var(--st-primary-color); position: relative; }
.image-area button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.image-area .stage { position: relative; width: 100%; overflow: hidden; border-radius: 4px;
  background: var(--st-secondary-background-color); touch-action: none; }
.image-area img, .image-area canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.image-area img { image-rendering: pixelated; } .image-area img.missing { visibility: hidden; }
.image-area canvas { cursor: crosshair; }
.image-area p { margin: 6px 0 0; opacity: .8; line-height: 16px; }
`;
