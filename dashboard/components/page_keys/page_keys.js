// @ts-check
// Presenter scale: begun and left by key or button. What a component answers is not the page's.

import { h } from "../shared/dom.js";
import { isTyped, openHelp, press, toggleHelp } from "../shared/keys.js";

/** @type {[key: string, meaning: string][]} */
const KEYS = [
  ["p", "presenter scale: larger, without the sidebar"],
  ["f", "full screen, on the feature map and the mask viewer"],
  ["?", "this list"],
  ["Esc", "close this list, then leave presenter scale"],
];

/** The keys and the control. */
export class PageKeys {
  isPresenter = false;

  /** @param {import("../shared/component.js").Send} send */
  constructor(send) {
    this.send = send;
    this.scale = h("button", { type: "button", onclick: () => this.present(!this.isPresenter) });
    const help = h("button", {
      type: "button",
      "aria-label": "Keys of this page",
      title: "Keys (?)",
      text: "?",
      onclick: () => this.help(),
    });
    this.root = h("div", { class: "page-keys", "data-chart": "page-keys" }, this.scale, help);
    this.stop = new AbortController();
    const { signal } = this.stop;
    // Components keep letters to themselves, so this one is heard before them; Esc after them.
    document.addEventListener("keydown", (event) => this.onLetter(event), {
      signal,
      capture: true,
    });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("click", (event) => this.onClick(event), { signal });
  }

  /** @param {import("./types.js").PageData} data */
  update({ presenter }) {
    this.isPresenter = presenter;
    const [name, key] = presenter ? ["Leave", "Esc"] : ["Present", "p"];
    this.scale.replaceChildren(`${name} `, h("kbd", { text: key }));
    this.scale.title = presenter ? "Back to the normal size (p)" : "Larger, for a room (p)";
    this.root.dataset.presenter = String(presenter);
  }

  destroy() {
    this.stop.abort();
  }

  /** @param {boolean} on */
  present(on) {
    this.isPresenter = on;
    this.send("presenter", on);
  }

  help() {
    toggleHelp(this.root, KEYS);
  }

  /**
   * Follow a link of a picture within the session; with a key held the browser does as it always does.
   * @param {MouseEvent} event
   */
  onClick(event) {
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const link = event.target instanceof Element ? event.target.closest("a[data-page]") : null;
    if (!isPlain || event.defaultPrevented || !(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    const choices = Object.fromEntries(new URL(link.href).searchParams);
    this.send("go", { page: link.dataset.page, choices });
    const shown = link.dataset.shows;
    if (shown) document.querySelector(`.st-key-${CSS.escape(shown)}`)?.scrollIntoView();
  }

  /** @param {KeyboardEvent} event */
  onLetter(event) {
    if (event.key !== "p" || isTyped(event) || event.repeat) return;
    press(event, () => () => this.present(!this.isPresenter));
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.defaultPrevented || isTyped(event) || document.fullscreenElement) return;
    const leave = this.isPresenter ? () => this.present(false) : null;
    /** @type {{ [key: string]: (() => void) | null }} */
    const actions = {
      "?": () => this.help(),
      Escape: openHelp(this.root) ? () => this.help() : leave,
    };
    press(event, () => actions[event.key]);
  }
}
