// @ts-check
// What the image gets from `area_values` in dashboard/components/image_area/image_area.py.

/**
 * @typedef {object} AreaData
 * @property {string} name of the image, for who hears it
 * @property {Picture[]} pictures of it, of which one is shown
 * @property {number} width of the image in its own pixels
 * @property {number} height
 * @property {Pixel[]} pixels of the probe that lie in it
 * @property {boolean} crosshair whether the selected pixels are marked by a cross-hair
 */

/** @typedef {{ label: string, address: string }} Picture */

/**
 * @typedef {object} Pixel
 * @property {number} row
 * @property {number} column
 * @property {string} color of its class, "#RRGGBB"
 * @property {boolean} selected
 */

/** @typedef {{ top: number, left: number, bottom: number, right: number }} Area rows and columns */

export {};
