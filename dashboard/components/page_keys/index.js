// @ts-check
// The keys of every page, and a quiet control for those who do not know them.

import { defineComponent } from "../shared/component.js";
import { PageKeys } from "./page_keys.js";
import { STYLE } from "./style.js";

export default defineComponent({
  name: "list of keys",
  style: STYLE,
  create: (send) => new PageKeys(send),
});
