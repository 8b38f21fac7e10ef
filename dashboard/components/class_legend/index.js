// @ts-check
// The class list as a component of the page.

import { defineComponent } from "../shared/component.js";
import { ClassLegend } from "./legend.js";
import { STYLE } from "./style.js";

export default defineComponent({
  name: "class list",
  style: STYLE,
  create: (send) => new ClassLegend(send),
});
