// @ts-check
// What is new between two looks at a run, and what the title of the tab says: pure functions.

/** @typedef {import("./types.js").Announced} Announced */

const MARK = "● ";
const ALARM = "▲ ";

/**
 * Return what somebody who looks elsewhere wants to know; nothing at the first look at a run.
 * @param {Announced | null} before
 * @param {Announced} now
 * @returns {string[]}
 */
export function news(before, now) {
  if (!before || before.run !== now.run) return [];
  const known = new Set(before.alarms.map((alarm) => alarm.key));
  const told = now.alarms.filter((alarm) => !known.has(alarm.key)).map((alarm) => alarm.text);
  if (before.living && !now.living && now.ended) told.push(now.ended);
  return told;
}

/**
 * Return the title of the tab: "● 360/480 · SPCL" while a training goes on, ▲ while an alarm holds.
 * @param {string} page title of the page, with or without what an earlier look put in front
 * @param {Announced} now
 */
export function tabTitle(page, now) {
  const name = pageName(page);
  if (!now.living) return name;
  return `${now.alarms.length ? ALARM : MARK}${now.progress} · ${name}`;
}

/**
 * Return a title without what was put in front of it.
 * @param {string} title
 */
export function pageName(title) {
  return /^[●▲] .*? · /.test(title) ? title.replace(/^[●▲] .*? · /, "") : title;
}
