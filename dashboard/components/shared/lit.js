// @ts-check
// One class pointed at anywhere on the page is lit everywhere on it.

/** @typedef {(id: number | null) => void} Listener */

/** @type {Set<Listener>} */
const listeners = new Set();

/**
 * Say which class is pointed at; null for none.
 * @param {number | null} id
 */
export function light(id) {
  for (const listener of listeners) listener(id);
}

/**
 * Hear of it.
 * @param {Listener} listener
 * @returns {() => void} ends it
 */
export function onLight(listener) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
