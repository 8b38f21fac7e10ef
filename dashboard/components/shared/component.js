// @ts-check
// How Streamlit and a component meet: it begins once, takes new data as often as they come, ends once.

import { h } from "./dom.js";

/**
 * What Streamlit hands over at every rerun that changes the data, and when the theme changes.
 * @template Data
 * @typedef {object} Mount
 * @property {Data} data what Python gave as `data`
 * @property {HTMLElement} parentElement the same for as long as the component stands on the page
 * @property {Send} setTriggerValue
 */

/**
 * Tell Python what somebody chose; it arrives there as `on_NAME_change`.
 * @typedef {(name: string, value: unknown) => void} Send
 */

/**
 * A component on the page.
 * @template Data
 * @typedef {object} View
 * @property {HTMLElement} root its outermost element
 * @property {(data: Data) => void | Promise<void>} update take new data or a new theme; what
 *   somebody has set in the browser stays
 * @property {() => void} destroy stop timers, observers and listeners outside of `root`
 */

/**
 * Return the function that Streamlit calls.
 * @template Data
 * @param {object} definition
 * @param {string} definition.name what people call it, for the sentence that reports an error
 * @param {string} definition.style its style sheet
 * @param {(send: Send) => View<Data>} definition.create
 * @returns {(mount: Mount<Data>) => () => void} its answer is called at the end
 */
export function defineComponent({ name, style, create }) {
  /** @type {WeakMap<HTMLElement, { view: View<Data>, mount: Mount<Data> }>} */
  const shown = new WeakMap();

  /** @param {Mount<Data>} mount */
  function begin(mount) {
    const send = /** @type {Send} */ ((event, value) => entry.mount.setTriggerValue(event, value));
    const entry = { view: create(send), mount };
    entry.view.root.addEventListener("keydown", keepLetters);
    mount.parentElement.replaceChildren(h("style", { text: style }), entry.view.root);
    shown.set(mount.parentElement, entry);
    return entry;
  }

  /** @param {HTMLElement} parent */
  function end(parent) {
    shown.get(parent)?.view.destroy();
    shown.delete(parent);
  }

  return (mount) => {
    const { parentElement, data } = mount;
    const fail = (/** @type {unknown} */ error) => {
      end(parentElement);
      parentElement.replaceChildren(failure(name, error));
    };
    try {
      const entry = shown.get(parentElement) ?? begin(mount);
      entry.mount = mount;
      Promise.resolve(entry.view.update(data)).catch(fail);
    } catch (error) {
      fail(error);
    }
    // Streamlit calls this, too, for data that newer ones overtook: the view is then still there.
    return () => {
      setTimeout(() => {
        if (!shown.get(parentElement)?.view.root.isConnected) end(parentElement);
      });
    };
  };
}

/**
 * Keep letters from the page, where `r` reruns and `c` clears the cache.
 * @param {KeyboardEvent} event
 */
function keepLetters(event) {
  const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key.length === 1 && !isShortcut) event.stopPropagation();
}

/**
 * @param {string} name
 * @param {unknown} error
 */
function failure(name, error) {
  console.error(error);
  const reason = error instanceof Error ? error.message : String(error);
  const text = `The ${name} cannot be drawn: ${reason.replace(/\.$/, "")}. Reload the page to try again.`;
  return h("p", { role: "alert", text });
}
