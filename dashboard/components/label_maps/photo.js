// @ts-check
// Photographs in the colours of their files.

import { fetched, remembered } from "../shared/fetch.js";

/** Return the photograph at an address. */
export const photo = remembered(load, 24);

/** @param {string} url */
async function load(url) {
  const answer = await fetched(url);
  return createImageBitmap(await answer.blob(), { colorSpaceConversion: "none" });
}
