// @ts-check
// Palette and theme of an exported file: the theme is the system's until somebody chooses another.

import { h } from "../shared/dom.js";

/**
 * @typedef {import("./types.js").Look} Look
 * @typedef {import("./types.js").Palette} Palette
 */

const DARK = "(prefers-color-scheme: dark)";
const THEMES = { "": "As the system", light: "Light", dark: "Dark" };
const PALETTES = { dataset: "Of the data set", safe: "For colour-blind eyes" };

/**
 * Return the name under which colours of a look stand.
 * @param {Look} look
 */
export function lookName({ palette, dark }) {
  return `${palette} ${dark ? "dark" : "light"}`;
}

/** Keeps how everything is shown, and has two lists to choose it. */
export class Looks {
  /**
   * @param {Palette} palette to begin with
   * @param {() => void} changed
   */
  constructor(palette, changed) {
    this.palette = palette;
    this.changed = changed;
    this.system = matchMedia(DARK);
    this.stop = new AbortController();
    this.system.addEventListener("change", changed, { signal: this.stop.signal });
    const chosenTheme = (/** @type {string} */ theme) => {
      document.documentElement.dataset.theme = theme;
      changed();
    };
    let before = "";
    window.addEventListener(
      "beforeprint",
      () => {
        before = document.documentElement.dataset.theme ?? "";
        if (this.look.dark) chosenTheme("light");
      },
      { signal: this.stop.signal },
    );
    window.addEventListener(
      "afterprint",
      () => {
        if (this.system.matches || before === "dark") chosenTheme(before);
      },
      { signal: this.stop.signal },
    );
    const chosenPalette = (/** @type {string} */ name) => {
      this.palette = name === "safe" ? "safe" : "dataset";
      changed();
    };
    this.element = h(
      "div",
      { class: "looks" },
      list("Class colours", PALETTES, palette, chosenPalette),
      list("Page", THEMES, "", chosenTheme),
    );
  }

  /** @returns {Look} */
  get look() {
    const { theme } = document.documentElement.dataset;
    return { palette: this.palette, dark: theme ? theme === "dark" : this.system.matches };
  }

  destroy() {
    this.stop.abort();
  }
}

/**
 * @param {string} label
 * @param {{ [value: string]: string }} choices
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function list(label, choices, chosen, choose) {
  const options = Object.entries(choices).map(([value, text]) =>
    h("option", { value, text, selected: value === chosen }),
  );
  const select = h("select", { onchange: () => choose(select.value) }, ...options);
  return h("label", {}, h("span", { text: label }), select);
}
