// @ts-check
// The content of an exported file as a component, which a small script in the file mounts.

import { defineComponent } from "../shared/component.js";
import { Exported } from "./exported.js";
import { STYLE } from "./style.js";

export default defineComponent({
  name: "file",
  style: STYLE,
  create: () => new Exported(),
});
