// @ts-check
// What the parts of the label maps share.

/**
 * @typedef {object} ClassInfo
 * @property {number} id
 * @property {string} name
 * @property {string} display what people call it
 * @property {string} color of the data set's palette
 * @property {string} safe color of the palette for colour-blind eyes
 * @property {string} pattern
 */

/**
 * How a class is drawn in the chosen palette; no colour is see-through.
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} name
 * @property {string | null} color "#RRGGBB"
 * @property {string} pattern
 */

/**
 * One number a pixel, (H * W,): a class id, a kind of change, or a confidence of 0 to 255.
 * @typedef {{ width: number, height: number, ids: Uint8Array }} Plane
 */

/**
 * A plane painted at its own size.
 * @typedef {object} Layer
 * @property {Plane} plane
 * @property {HTMLCanvasElement} picture
 * @property {Entry[]} shown what is not see-through
 * @property {boolean} gray
 * @property {Map<string, Path2D>} paths borders and areas, once they were needed
 */

/**
 * How a pane is drawn.
 * @typedef {object} PaneLook
 * @property {number} opacity of the layer, in [0, 1]
 * @property {boolean} borders
 * @property {boolean} patterns
 * @property {number} pixelRatio device pixels per pixel
 */

/** @typedef {{ zoom: number, x: number, y: number }} View x, y: its corner in image pixels */

export {};
