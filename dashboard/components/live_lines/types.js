// @ts-check
// What the live lines get from live_lines.py beside this file, and what their parts share.

/**
 * @typedef {object} LinesData
 * @property {string} url where new rows are asked for
 * @property {boolean} live whether to go on asking
 * @property {number} total steps of the plan
 * @property {number | null} before last step before adaptation
 * @property {Scores} miou
 * @property {{ name: string, iou: number }[]} baselines target mIoU in [0, 1] of other models
 */

/**
 * Mean IoU in [0, 1] at each step, null where there is none.
 * @typedef {object} Scores
 * @property {number[]} steps
 * @property {(number | null)[]} source
 * @property {(number | null)[]} target
 */

/**
 * Columns by name, all equally long; a value that a row does not have is NaN.
 * @typedef {{ step: number[], [name: string]: number[] }} Rows
 */

/**
 * One line of a panel.
 * @typedef {object} Line
 * @property {string} name
 * @property {number[]} x steps, or hours
 * @property {number[]} y NaN where there is none
 * @property {number[]} [raw] drawn behind where `y` is smoothed
 * @property {string} color
 * @property {string} dash pattern of SVG, empty for solid
 */

/**
 * What a panel is drawn from.
 * @typedef {object} Drawing
 * @property {Line[]} lines
 * @property {Set<string>} hidden names
 * @property {[first: number, last: number]} range of what is shown, as x of the lines
 * @property {number} last x recorded
 * @property {number | null} before x of the last step before adaptation
 * @property {number} width in pixels
 * @property {"step" | "time"} axis what x is
 * @property {boolean} log whether y is drawn by its logarithm
 */

/**
 * How somebody wants to see the lines.
 * @typedef {object} Settings
 * @property {string} metric what the second panel shows: "" for the losses, or a scalar
 * @property {"step" | "time"} axis
 * @property {boolean} log
 * @property {number} smoothing share of the mean before in the next one, in [0, 0.99]
 */

export {};
