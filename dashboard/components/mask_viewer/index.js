// @ts-check
// The mask viewer as a component of the page.

import { defineComponent } from "../shared/component.js";
import { STYLE } from "./style.js";
import { Viewer } from "./viewer.js";

export default defineComponent({
  name: "mask viewer",
  style: STYLE,
  create: (send) => new Viewer(send),
});
