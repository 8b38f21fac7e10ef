// @ts-check
// A link that restores what somebody sees: components say how they stand, and ask how they should.
// What pages choose stands in the address by itself; a camera or a wipe is added by `linkHere`.

const PREFIX = "view.";
const LONGEST = 4000; // letters of what one component may ask for

/** What the address asked for when the page was opened; each part is taken once. */
const asked = new URLSearchParams(location.search);
/** @type {Map<string, () => object>} */
const states = new Map();

/**
 * Return how a component should stand; empty where the address says nothing or nothing sensible.
 * It comes from an address, so every value is to be checked by whoever takes it.
 * @param {string} name of the component
 * @returns {{ [name: string]: unknown }}
 */
export function askedFor(name) {
  const text = asked.get(PREFIX + name) ?? "";
  asked.delete(PREFIX + name);
  if (!text || text.length > LONGEST) return {};
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/**
 * Have links say how a component stands.
 * @param {string} name
 * @param {() => object} state
 * @returns {() => void} ends it
 */
export function tellLinks(name, state) {
  states.set(name, state);
  return () => {
    if (states.get(name) === state) states.delete(name);
  };
}

/** Return the address of what is seen now. */
export function linkHere() {
  const url = new URL(location.href);
  for (const name of [...url.searchParams.keys()]) {
    if (name.startsWith(PREFIX)) url.searchParams.delete(name);
  }
  for (const [name, state] of states) {
    url.searchParams.set(PREFIX + name, JSON.stringify(state()));
  }
  return url.href;
}

/**
 * Return a number of the address, if it is one within bounds.
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
export function numberIn(value, least, most) {
  return typeof value === "number" && value >= least && value <= most ? value : null;
}
