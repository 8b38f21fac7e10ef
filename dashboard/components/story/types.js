// @ts-check
// What the story gets from Python, and what its parts share. A story is complete in itself: every
// number, sentence and picture address is in it, so that a saved file shows the same.

/**
 * @typedef {object} StoryData
 * @property {string} title
 * @property {string} summary one sentence
 * @property {string} footer run, seed, step, what was counted
 * @property {string | null} running a sentence while the run still trains
 * @property {number} panel where to begin, from 1
 * @property {boolean} present whether it covers the window
 * @property {"dataset" | "safe"} palette
 * @property {import("../label_maps/types.js").ClassInfo[]} classes
 * @property {Panel[]} panels
 * @property {Edited} [edits] what a person may change and has changed
 */

/**
 * @typedef {object} Edited
 * @property {string} said what was edited by hand; "" if nothing
 * @property {string} trouble why edits are not kept; "" if they are
 * @property {boolean} can whether somebody may edit here
 * @property {string} title the generated one
 * @property {string} summary the generated one
 * @property {PanelChoice[]} panels all of them, the hidden ones, too
 */

/**
 * @typedef {object} PanelChoice
 * @property {string} key
 * @property {string} kicker
 * @property {boolean} hidden
 * @property {string | null} picture key of the image it shows where nobody chose another
 */

/**
 * @typedef {object} Panel
 * @property {string} key "problem", "learned", "better", "worse" or "sure"
 * @property {string} kicker
 * @property {BigNumber | null} number
 * @property {string} sentence
 * @property {string[]} text paragraphs
 * @property {Link[]} links where its numbers come from
 * @property {{ number: string, caption: string }} card
 * @property {Notes} notes
 * @property {Picture} picture
 */

/** @typedef {{ before: string, after: string } | { text: string }} BigNumber */
/** @typedef {{ label: string, page: string, query: { [name: string]: string } }} Link */
/** @typedef {{ say: string, question: string, answer: string }} Notes for whoever speaks */
/** @typedef {Pair | Maps | Squares | Weak | Ruler} Picture */

/** @typedef {{ kind: "pair", sides: Side[] }} Pair a photograph of each domain */

/**
 * @typedef {object} Side
 * @property {string} label
 * @property {string} photo address
 * @property {string | null} mask address of class ids
 * @property {string} caption
 */

/**
 * @typedef {object} Maps
 * @property {"maps"} kind
 * @property {Cloud | null} before
 * @property {Cloud | null} now
 * @property {number[]} lit ids of the classes in colour
 * @property {string} caption
 */

/**
 * Points of a map, (N,) each; places in 0 to 1000, y upwards.
 * @typedef {object} Cloud
 * @property {string} label
 * @property {number[]} x
 * @property {number[]} y
 * @property {number[]} class_id
 * @property {number[]} domain 0 source, 1 target
 * @property {Prototype[]} prototypes
 */

/** @typedef {{ x: number, y: number, class_id: number, label: string }} Prototype */

/**
 * @typedef {object} Squares
 * @property {"squares"} kind
 * @property {number | null} before of a hundred pixels, how many were right
 * @property {number} after how many are right now
 * @property {Wipe | null} wipe
 */

/** @typedef {{ kind: "weak", wipe: Wipe | null, bars: Bar[] }} Weak worst first */

/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {string} color "#RRGGBB"
 * @property {number} value in 0 to 100
 * @property {number | null} before
 * @property {string} caption
 */

/** @typedef {{ kind: "ruler", marks: Mark[], facts: Fact[] }} Ruler */

/**
 * @typedef {object} Mark
 * @property {string} name
 * @property {number} value percent
 * @property {number[]} others the same of other seeds
 * @property {boolean} is_run
 * @property {boolean} so_far whether it is not at its last step
 */

/** @typedef {{ label: string, text: string }} Fact */

/**
 * @typedef {object} Wipe
 * @property {number} width of the images in pixels
 * @property {number} height
 * @property {WipeImage[]} images
 * @property {string} chosen key of the image to show
 */

/**
 * @typedef {object} WipeImage
 * @property {"typical" | "improved" | "harmed" | "least"} tab
 * @property {string} key
 * @property {string} label
 * @property {string} caption
 * @property {string} photo address
 * @property {string} before address of class ids
 * @property {string} after
 * @property {string | null} truth
 */

/**
 * What somebody did in a panel; kept while the page lives.
 * @typedef {object} Memory
 * @property {number} share of the wipe, percent of the width
 * @property {boolean} moved whether the wipe has moved by itself
 * @property {import("./chosen.js").Chosen<string>} image
 * @property {boolean} truth whether the truth stands in place of the state before
 */

/**
 * What a picture is drawn with.
 * @typedef {object} Context
 * @property {StoryData} data
 * @property {Memory} memory of its panel
 * @property {(key: string) => void} choose an image
 */

/**
 * A picture on the page.
 * @typedef {object} Drawn
 * @property {HTMLElement} element
 * @property {Promise<unknown>} ready resolves once everything is drawn
 * @property {() => void} destroy
 */

export {};
