// @ts-check
// Keeps the title of the tab, and notifies who asked for it. Nothing is asked before a click.

import { h } from "../shared/dom.js";
import { news, pageName, tabTitle } from "./news.js";

/** @typedef {import("./types.js").Announced} Announced */

const WANTED = "spcl.notify";

/** The title of the tab and the button. */
export class Announcer {
  /** @type {Announced | null} */
  last = null;

  constructor() {
    this.button = h("button", {
      type: "button",
      class: "announcer",
      onclick: () => this.ask(),
    });
    this.root = h("div", { "data-chart": "announcer" }, this.button);
    this.titles = new MutationObserver(() => this.keepTitle());
    this.titles.observe(document.head, { childList: true, subtree: true, characterData: true });
  }

  /** @param {Announced} now */
  update(now) {
    const told = news(this.last, now);
    this.last = now;
    this.keepTitle();
    this.label();
    if (isWanted()) for (const sentence of told) notify(now, sentence);
  }

  destroy() {
    this.titles.disconnect();
    document.title = pageName(document.title);
  }

  keepTitle() {
    if (!this.last) return;
    const title = tabTitle(document.title, this.last);
    if (title !== document.title) document.title = title;
  }

  label() {
    const living = Boolean(this.last?.living);
    this.root.style.display = living && "Notification" in window ? "" : "none";
    this.button.setAttribute("aria-pressed", String(isWanted()));
    this.button.textContent = isWanted() ? "Notifying you · stop" : "Notify me";
    this.button.title = "A notification when an alarm rises or the training ends";
  }

  async ask() {
    if (isWanted()) {
      localStorage.removeItem(WANTED);
    } else if ((await Notification.requestPermission()) === "granted") {
      localStorage.setItem(WANTED, "1");
    } else {
      this.button.textContent = "Your browser blocks notifications of this page";
      return;
    }
    this.label();
  }
}

function isWanted() {
  return localStorage.getItem(WANTED) === "1" && Notification.permission === "granted";
}

/**
 * @param {Announced} now
 * @param {string} sentence
 */
function notify(now, sentence) {
  new Notification(now.title, { body: sentence, tag: `${now.run} ${sentence}` });
}
