// @ts-check
// The live lines as a component of the page.

import { defineComponent } from "../shared/component.js";
import { LiveLines } from "./lines.js";
import { STYLE } from "./style.js";

export default defineComponent({
  name: "curves of loss and mIoU",
  style: STYLE,
  create: () => new LiveLines(),
});
