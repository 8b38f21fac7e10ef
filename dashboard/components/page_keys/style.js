// @ts-check
// The look of the control: small, at the top right, above everything that scrolls.

export const STYLE = `
.page-keys { position: fixed; top: 6px; right: 52px; z-index: 999991; display: flex; gap: 2px;
  font: 400 12px/16px var(--st-font, sans-serif); color: var(--st-text-color);
  background: var(--st-background-color); border-radius: 8px;
& button { font: inherit; color: inherit; opacity: 0.75; background: none; border: 0;
  padding: 4px 8px; border-radius: 6px; cursor: pointer; }
& button:hover { opacity: 1; background: var(--st-secondary-background-color); }
& button:focus-visible { opacity: 1; outline: 2px solid var(--st-primary-color); }
& kbd { font: 11px/14px var(--st-code-font, monospace); border: 1px solid var(--st-border-color);
  border-radius: 4px; padding: 0 4px; background: none; color: inherit; }
.help { position: absolute; top: 30px; right: 0; width: max-content; padding: 12px 16px;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: 8px; font-size: 13px; line-height: 20px; }
.help p { margin: 2px 0; }
}
@media print { .page-keys { display: none; } }
`;
