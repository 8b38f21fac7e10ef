// @ts-check
// The list of pages as people hear it: one list a section, and in each list its pages.
// Streamlit puts a division between the list and its items, so that they belong to no list.

import { defineComponent } from "../shared/component.js";
import { h } from "../shared/dom.js";

const ITEMS = '[data-testid="stSidebarNavItems"]';

class NavigationList {
  constructor() {
    this.root = h("div", { hidden: true });
    this.watch = new MutationObserver(nameLists);
  }

  update() {
    nameLists();
    this.watch.disconnect();
    const sidebar = document.querySelector('[data-testid="stSidebar"]');
    if (sidebar) this.watch.observe(sidebar, { childList: true, subtree: true });
  }

  destroy() {
    this.watch.disconnect();
  }
}

function nameLists() {
  for (const list of document.querySelectorAll(ITEMS)) {
    list.setAttribute("role", "none");
    for (const section of list.querySelectorAll(":scope > div")) {
      section.setAttribute("role", "list");
      const name = section.querySelector("header")?.textContent ?? "Pages";
      section.setAttribute("aria-label", name.replace("expand_more", ""));
    }
  }
}

export default defineComponent({
  name: "list of pages",
  style: "",
  create: () => new NavigationList(),
});
