// @ts-check
// What the feature map gets from `map_values` in dashboard/data/map/shown.py, and what its parts share.

/**
 * @typedef {object} MapData
 * @property {string} base address of the run's files
 * @property {string} layout name of the projection
 * @property {number[]} steps projected steps, rising
 * @property {number} step the step the page asks for
 * @property {[title: string, more: string][]} quality of the projection, per entry of `steps`
 * @property {number[]} refits steps at which the map was built anew
 * @property {number} trail_from first step of the trails
 * @property {string} counted "1,200 of 3,000 probe pixels"
 * @property {string} note how to read the map
 * @property {Table} points one row a probe pixel, (N,), with the columns of `Rows`
 * @property {Rgb[]} colors that `Rows.color` points into
 * @property {Rgb[]} casings edges around points of these colours; empty for none
 * @property {Key} key what the colours say
 * @property {string[]} names of the classes, by id
 * @property {[source: string, target: string]} domains names of both domains
 * @property {string[]} images names of the probe images
 * @property {Photo[]} photos of the probe images; empty where none came along
 * @property {Prototype[]} prototypes one a class, (K,); their positions follow those of the pixels
 * @property {{ prototypes: boolean, trails: boolean, density: boolean, regions: boolean }} show
 * @property {[mark: string, text: string][]} legend mark is a class of the style sheet
 * @property {Shape | null} shape what is circled
 * @property {"before" | "now" | ""} twin which of two maps side by side it is; "" for a map alone
 * @property {string} title of one of two maps, else ""
 * @property {number[]} fitted further steps that a fit shows
 * @property {boolean} selects whether there is a selection
 */

/** @typedef {{ address: string, width: number, height: number }} Photo */

/**
 * @typedef {object} Key
 * @property {{ color: string, name: string, count: number }[]} swatches
 * @property {{ title: string, low: string, middle: string, high: string, colors: string[] } | null} scale
 */

/**
 * @typedef {object} Prototype
 * @property {string} name
 * @property {string} color "#RRGGBB"
 * @property {string} casing of lines and edges, where `color` is too pale or too dark
 * @property {boolean} shown
 */

/**
 * @typedef {object} Shape
 * @property {Place[]} polygon corners in stored map units
 * @property {number} step the snapshot it was drawn on
 */

/**
 * The columns of `points`, (N,) each.
 * @typedef {object} Rows
 * @property {ArrayLike<number>} class_id truth where there is any, else the prediction
 * @property {ArrayLike<number>} domain 0 source, 1 target
 * @property {ArrayLike<number>} image index into `images`
 * @property {ArrayLike<number>} row of the image
 * @property {ArrayLike<number>} column of the image
 * @property {ArrayLike<number>} predicted class id
 * @property {ArrayLike<number>} sure confidence in percent
 * @property {ArrayLike<number>} nearest prototype in the full feature space; -1 where not asked for
 * @property {ArrayLike<number>} shown 0 or 1
 * @property {ArrayLike<number>} color index into `colors`
 * @property {ArrayLike<number>} strong 0 outside of a selection, else 1
 */

/**
 * The part of an Arrow table that is used.
 * @typedef {{ getChild(name: string): { toArray(): ArrayLike<number> } | null }} Table
 */

/** @typedef {[x: number, y: number]} Place in map units or in pixels */
/** @typedef {[red: number, green: number, blue: number]} Rgb each in 0 to 255 */

/**
 * What stands on top of the points; places are pixels of the overlay.
 * @typedef {object} Scene
 * @property {number} ratio device pixels per CSS pixel
 * @property {number} width
 * @property {number} height
 * @property {string} font
 * @property {{ page: string, ink: string, accent: string, grey: string }} colors
 * @property {MapData["show"]} show
 * @property {Mark[]} prototypes
 * @property {Place[]} lasso
 * @property {Place | null} pointed
 */

/** @typedef {Prototype & { x: number, y: number, trail: Place[] }} Mark a prototype on the screen */

/** @typedef {"lasso" | "box" | "pan"} Tool */
/** @typedef {"set" | "add" | "remove" | "clear"} Mode what becomes of a selection */

export {};
