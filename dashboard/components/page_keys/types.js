// @ts-check
// What the keys of a page get from Python.

/**
 * @typedef {object} PageData
 * @property {boolean} presenter whether the page is shown at presenter scale
 */

export {};
