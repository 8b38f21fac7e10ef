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
 * @property {number[]} x steps
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
 * @property {[first: number, last: number]} range steps shown
 * @property {number} last step recorded
 * @property {number | null} before last step before adaptation
 * @property {number} width in pixels
 */

export {};
