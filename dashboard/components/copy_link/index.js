// @ts-check
// A button that copies the address of exactly what is seen.

import { defineComponent } from "../shared/component.js";
import { h } from "../shared/dom.js";
import { linkHere } from "../shared/link.js";

const SAID_MS = 2000;
const STYLE = `
.copy-link { font: inherit; font-size: 13px; line-height: 20px; padding: 0; border: 0;
  background: none; color: var(--st-gray-text-color, inherit); cursor: pointer; }
.copy-link:hover { color: var(--st-primary-color); }
.copy-link:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
`;

class CopyLink {
  constructor() {
    this.root = h("button", {
      type: "button",
      class: "copy-link",
      title: "Copy the address of what you see: step, camera, selection, layers, wipe",
      onclick: () => this.copy(),
      text: "Copy link",
    });
  }

  update() {}

  destroy() {
    clearTimeout(this.saying);
  }

  async copy() {
    const link = linkHere();
    const isCopied = await copied(link);
    this.root.textContent = isCopied ? "Copied" : "Press Ctrl+C";
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      this.root.textContent = "Copy link";
    }, SAID_MS);
    if (!isCopied) prompt("Copy this link:", link);
  }
}

/**
 * Copy a text; a page that came over plain HTTP from elsewhere has no clipboard.
 * @param {string} text
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export default defineComponent({ name: "link", style: STYLE, create: () => new CopyLink() });
