// @ts-check
// An image with its probe pixels as a component of the page.

import { defineComponent } from "../shared/component.js";
import { ImageArea } from "./area.js";
import { STYLE } from "./style.js";

export default defineComponent({
  name: "image",
  style: STYLE,
  create: (send) => new ImageArea(send),
});
