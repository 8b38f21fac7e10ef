// @ts-check
// What a person changes of a story: a form over the generated one, and the mark that it was changed.

import { h } from "../../shared/dom.js";

/**
 * @typedef {import("../types.js").Panel} Panel
 * @typedef {import("../types.js").StoryData} StoryData
 *
 * @typedef {object} Act
 * @property {(edits: object) => void} keep
 * @property {(panel: Panel) => string} imageOf which image is shown in a panel
 * @property {() => void} changed the words to show are others now
 */

const MOST = { title: 90, summary: 280 }; // letters

/** The form, the mark, and which words they ask for: a person's or the generated ones. */
export class Edits {
  /** @type {StoryData} */ data;
  isGenerated = false; // whether the generated words are shown in place of a person's

  /** @param {Act} act */
  constructor(act) {
    this.act = act;
    this.form = h("form", { class: "edits", "aria-label": "Edit the story", hidden: true });
    this.form.addEventListener("submit", (event) => this.keep(event));
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.open = h("button", {
      type: "button",
      class: "quiet edit",
      text: "Edit",
      onclick: () => this.toggle(),
    });
    this.mark = h("button", { type: "button", class: "edited", onclick: () => this.compare() });
    this.trouble = h("p", { class: "trouble", role: "status" });
  }

  /** @param {StoryData} data */
  update(data) {
    this.data = data;
    const { edits } = data;
    if (!edits?.said) this.isGenerated = false;
    this.open.hidden = !edits?.can;
    this.open.setAttribute("aria-expanded", String(!this.form.hidden));
    this.mark.hidden = !edits?.said;
    this.mark.textContent = this.isGenerated ? "The generated words" : (edits?.said ?? "");
    this.mark.title = this.isGenerated ? "Back to the edited words" : "Show the generated words";
    this.mark.setAttribute("aria-pressed", String(this.isGenerated));
    this.trouble.textContent = edits?.trouble ?? "";
    this.trouble.hidden = !edits?.trouble;
  }

  /** The title and the summary to show. */
  get words() {
    const { title, summary, edits } = this.data;
    return this.isGenerated && edits ? edits : { title, summary };
  }

  compare() {
    this.isGenerated = !this.isGenerated;
    this.act.changed();
  }

  toggle() {
    if (!this.form.hidden) {
      this.close();
      return;
    }
    this.form.replaceChildren(...this.fields());
    this.form.hidden = false;
    this.act.changed();
    this.form.querySelector("input")?.focus();
  }

  close() {
    this.form.hidden = true;
    this.act.changed();
    this.open.focus({ preventScroll: true });
  }

  fields() {
    const { title, summary, edits } = this.data;
    const boxes = (edits?.panels ?? []).map(({ key, kicker, hidden }, i) =>
      h(
        "label",
        { class: "box" },
        h("input", { type: "checkbox", name: "shown", value: key, checked: !hidden }),
        `${i + 1} · ${kicker}`,
      ),
    );
    return [
      h(
        "label",
        {},
        "Title",
        h("input", { name: "title", value: title, maxlength: MOST.title, autocomplete: "off" }),
      ),
      h(
        "label",
        {},
        "In one sentence",
        h("textarea", { name: "summary", rows: 2, maxlength: MOST.summary, text: summary }),
      ),
      h("fieldset", {}, h("legend", { text: "Panels shown" }), ...boxes),
      h("p", { class: "caption", text: "The pictures that you see in the panels are kept, too." }),
      h(
        "div",
        { class: "acts" },
        h("button", { class: "way next", text: "Keep" }),
        h("button", { type: "button", class: "way", text: "Cancel", onclick: () => this.close() }),
        h("button", {
          type: "button",
          class: "quiet",
          text: "Back to the generated story",
          onclick: () => this.reset(),
        }),
      ),
    ];
  }

  /** @param {SubmitEvent} event */
  keep(event) {
    event.preventDefault();
    const given = new FormData(this.form);
    const shown = given.getAll("shown");
    const all = this.data.edits?.panels ?? [];
    this.isGenerated = false;
    this.act.keep({
      title: given.get("title"),
      summary: given.get("summary"),
      hidden: all.map(({ key }) => key).filter((key) => shown.length && !shown.includes(key)),
      pictures: this.pictures(),
    });
    this.close();
  }

  reset() {
    this.act.keep({ reset: true });
    this.close();
  }

  /** Return the pictures that somebody chose, by panel; those of hidden panels stay as they are. */
  pictures() {
    /** @type {{ [key: string]: string }} */
    const chosen = {};
    for (const panel of this.data.panels) {
      const first = this.data.edits?.panels.find(({ key }) => key === panel.key)?.picture;
      const image = this.act.imageOf(panel);
      if (first && image && image !== first) chosen[panel.key] = image;
    }
    return chosen;
  }
}
