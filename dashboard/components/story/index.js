// @ts-check
// The story as a component of the page.

import { defineComponent } from "../shared/component.js";
import { STYLE } from "./looks/style.js";
import { Story } from "./story.js";

export default defineComponent({
  name: "story",
  style: STYLE,
  create: (send) => new Story(send),
});
