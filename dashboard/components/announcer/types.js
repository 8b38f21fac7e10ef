// @ts-check
// What is announced of a run.

/**
 * @typedef {object} Alarm
 * @property {string} key equal as long as it is the same alarm
 * @property {string} text what it says
 */

/**
 * @typedef {object} Announced
 * @property {string} run the run, equal as long as it is the same one
 * @property {string} title what people call it
 * @property {boolean} living whether its training goes on
 * @property {string} progress "360/480", or "" where it has ended
 * @property {string | null} ended how it ended; null while it goes on
 * @property {Alarm[]} alarms that hold now
 */

export {};
