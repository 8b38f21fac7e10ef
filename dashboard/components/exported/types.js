// @ts-check
// What an exported file holds; it comes from `exported_values` in dashboard/export/exported.py.

/**
 * @typedef {object} ExportedData
 * @property {{ [url: string]: string }} files address -> data: address, all that the runs show
 * @property {string | null} charts address of the library that draws charts, gzip; null without any
 * @property {RunData[]} runs in the order they were named
 */

/**
 * @typedef {object} RunData
 * @property {string} name
 * @property {import("../story/types.js").StoryData} story
 * @property {string[]} notes what the run must say of itself
 * @property {Closer} closer
 * @property {Fact[]} provenance
 */

/**
 * What the story rests on.
 * @typedef {object} Closer
 * @property {ExportedMap | null} map
 * @property {ExportedMasks | null} masks
 * @property {Card[]} cards
 */

/**
 * @typedef {object} ExportedMap
 * @property {import("../feature_map/types.js").MapData} data but for its points, and in one look
 * @property {{ [column: string]: number[] }} points
 * @property {{ [look: string]: MapLook }} looks by `lookName`
 */

/** @typedef {Pick<import("../feature_map/types.js").MapData, "colors" | "casings" | "prototypes">} MapLook */
/** @typedef {import("../mask_viewer/types.js").MaskData} MaskData */

/**
 * @typedef {object} ExportedMasks
 * @property {MaskData} data at the last step
 * @property {{ [step: string]: MaskStep }} steps
 */

/**
 * @typedef {object} MaskStep
 * @property {number | null} before
 * @property {MaskData["images"]} images
 * @property {MaskData["orders"]} orders
 * @property {{ [key: string]: import("../mask_viewer/types.js").Detail }} details by image
 */

/**
 * A chart with the words around it.
 * @typedef {object} Card
 * @property {string} title
 * @property {string} unit
 * @property {string} key
 * @property {string} reading
 * @property {string} awaited stands in place of figures
 * @property {{ [look: string]: Figure }} figures by `lookName`; none where there is nothing to draw
 */

/** @typedef {{ data: object[], layout: { height?: number } }} Figure */
/** @typedef {{ label: string, text: string }} Fact */
/** @typedef {"dataset" | "safe"} Palette */

/**
 * How everything is shown.
 * @typedef {{ palette: Palette, dark: boolean }} Look
 */

export {};
