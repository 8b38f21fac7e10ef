// @ts-check
// What the mask viewer gets from mask_viewer.py beside this file, and what its parts share.

/**
 * @typedef {object} MaskData
 * @property {string} base address of the run's files
 * @property {string} version for `?v=`, so that the browser keeps files for good
 * @property {number} step the snapshot shown
 * @property {number | null} before the snapshot compared with, null if there is none yet
 * @property {boolean} [sure] false where no confidence is recorded
 * @property {number[]} steps all snapshots, rising
 * @property {import("../label_maps/types.js").ClassInfo[]} classes in id order
 * @property {"dataset" | "safe"} palette
 * @property {string[]} shown names of the classes to show; empty for all
 * @property {ImageInfo[]} images
 * @property {{ [domain: string]: { [tab: string]: string[] } }} orders keys of the images by tab
 * @property {Choice[]} domains
 * @property {string} image key of the image shown
 * @property {Mark | null} mark the pixel of that image that it was opened for
 * @property {Detail} detail
 * @property {Others | null} others where two runs are compared: the first, in place of before
 */

/**
 * The run whose masks stand in place of the state before, and what is said of both.
 * @typedef {object} Others
 * @property {string} base address of its files
 * @property {string} version for `?v=`
 * @property {{ before: string, after: string, change: string }} names of the layers
 * @property {string[]} changes what the change of a pixel is called, by its id
 * @property {{ [tab: string]: string }} tabs what the tabs of the strip are called
 */

/**
 * @typedef {object} ImageInfo
 * @property {string} key
 * @property {string} name
 * @property {string} domain
 * @property {number} width
 * @property {number} height
 * @property {boolean} has_label
 * @property {number | null} before mIoU in percent
 * @property {number | null} after the same at the step shown
 * @property {number | null} gain the difference of both
 */

/** @typedef {{ row: number, column: number, text: string }} Mark with what it is, in words */

/**
 * What the panel says of one image, which may still be the one shown before.
 * @typedef {object} Detail
 * @property {string} key of that image
 * @property {Change | null} change null without truth or without another snapshot
 * @property {string} note in place of `change`
 * @property {string} compared with what: "before → now", or the names of two runs
 * @property {string} title of the first column
 * @property {string[]} heads of the other columns
 * @property {Row[]} rows
 * @property {Confusion[]} top_confusions confusions with most pixels
 * @property {string | null} transfer where most of the changed pixels went
 */

/**
 * Shares of the labelled pixels in percent.
 * @typedef {object} Change
 * @property {number} fixed
 * @property {number} broken
 * @property {number} still
 * @property {string} sentence
 */

/**
 * The IoU of a class, in percent.
 * @typedef {object} Row
 * @property {number} id
 * @property {string} [note] in place of the numbers
 * @property {number[]} [values] before and now, or now alone
 * @property {number} [change]
 */

/** @typedef {{ text: string, before: number, after: number, better: boolean }} Confusion */
/** @typedef {import("../shared/controls.js").Choice} Choice */

/**
 * What somebody set in the browser.
 * @typedef {object} Settings
 * @property {"wipe" | "side" | "single"} mode
 * @property {string} left name of a layer
 * @property {string} right
 * @property {number} opacity of the mask, in [0, 1]
 * @property {number} brightness factor of the photo
 * @property {boolean} borders
 * @property {boolean | null} patterns null: as the palette needs
 * @property {number} wipe percent of the width
 * @property {string | null} tab of the strip
 * @property {string} domain
 */

/** @typedef {Settings & { patterns: boolean }} Look */
/** @typedef {{ layer: import("../label_maps/types.js").Layer | null, chip: string[], label: string }} Side of the panes */
/** @typedef {"left" | "right"} SideName */

export {};
