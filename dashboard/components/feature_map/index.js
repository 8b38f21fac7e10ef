// @ts-check
// The feature map as a component of the page.

import { defineComponent } from "../shared/component.js";
import { FeatureMap } from "./map.js";
import { STYLE } from "./style.js";

export default defineComponent({
  name: "feature map",
  style: STYLE,
  create: (send) => new FeatureMap(send),
});
