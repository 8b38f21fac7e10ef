// @ts-check
// Begins the announcer.

import { defineComponent } from "../shared/component.js";
import { Announcer } from "./announcer.js";

const STYLE = `
.announcer { font: inherit; font-size: 13px; line-height: 20px; padding: 0; border: 0;
  background: none; color: var(--st-gray-text-color, inherit); cursor: pointer; text-align: left; }
.announcer:hover { color: var(--st-primary-color); }
.announcer:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
`;

export default defineComponent({
  name: "announcer",
  style: STYLE,
  create: () => new Announcer(),
});
