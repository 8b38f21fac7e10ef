// @ts-check
// What the class list gets from `legend_values` in dashboard/components/class_legend/class_legend.py.

/**
 * @typedef {object} LegendData
 * @property {Entry[]} classes by id
 * @property {string} line how many are shown
 * @property {string[]} heads of the two columns of numbers
 * @property {boolean} dense whether only names stand there, side by side
 * @property {boolean} selects whether the pixels of a class can be selected here
 */

/**
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} name
 * @property {string} display
 * @property {string} color of masks, "#RRGGBB"
 * @property {boolean} shown
 * @property {string} count of its points, "" where none are counted
 * @property {number | null} own share of its target points nearest to its own prototype
 * @property {string} rival what else they are nearest to, "" for nothing
 */

export {};
