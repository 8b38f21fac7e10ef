// @ts-check
// The look of the form and of the mark, nested below .story.

export const EDITS = `
& .edits { display: grid; gap: 12px; padding: 16px; border: 1px solid var(--strong);
  border-radius: 8px; font-size: 14px; line-height: 20px; }
.edits label { display: grid; gap: 4px; color: var(--ink2); }
.edits .box { display: inline-flex; align-items: center; gap: 6px; margin-right: 20px;
  color: var(--ink); }
.edits fieldset { border: 0; margin: 0; padding: 0; } .edits legend { color: var(--ink2); padding: 0; }
.edits input:not([type=checkbox]), .edits textarea { font: inherit; font-size: 15px;
  color: var(--ink); background: var(--paper); border: 1px solid var(--strong);
  border-radius: 6px; padding: 6px 10px; width: 100%; resize: vertical; }
.edits input[type=checkbox] { accent-color: var(--accent); width: 16px; height: 16px; margin: 0; }
.acts { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
& .edited { border: 1px dashed var(--strong); border-radius: 6px; background: none;
  padding: 3px 9px; color: var(--ink2); font-size: max(13px, 13 * var(--px)); line-height: 1.4;
  text-align: left; margin-top: 4px; }
& .edited:hover { border-color: var(--accent); color: var(--accent); }
.trouble { color: var(--worse); font-size: max(13px, 14 * var(--px)); }
&.present .edits, &.present .trouble, &.present .edit { display: none; }
`;
