// @ts-check
// Build elements without ever writing markup: text from files stays text.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Attributes by name, but for `text`, `style` and listeners (`on…`); null and false leave one out.
 * @typedef {{
 *   text?: string | number | null,
 *   style?: Partial<CSSStyleDeclaration>,
 *   onclick?: (event: MouseEvent) => void,
 *   onkeydown?: (event: KeyboardEvent) => void,
 *   oninput?: (event: Event) => void,
 *   onchange?: (event: Event) => void,
 * } & { [name: string]: unknown }} Properties
 */

/**
 * Return a new element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties} [properties]
 * @param {...(Node | string | null | undefined)} children null is left out
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (name === "text") element.textContent = String(value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * Return a new SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {{ [name: string]: string | number }} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * Return the 2D context of a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function brush(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("this browser has no 2D canvas");
  return context;
}

/**
 * Return a step with its thousands apart, "4,750".
 * @param {number} step
 */
export function stepText(step) {
  return step.toLocaleString("en-US");
}

/**
 * Return where the pointer is in an element, in the element's own pixels: a page at presenter scale
 * is zoomed.
 * @param {Element} element
 * @param {MouseEvent} event
 * @returns {[x: number, y: number]}
 */
export function placeIn(element, event) {
  const box = element.getBoundingClientRect();
  const zoom = element.currentCSSZoom ?? 1;
  return [(event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom];
}

/**
 * Return how many pixels of the screen one of an element's own is wide.
 * @param {Element} element
 */
export function pixelRatio(element) {
  return (window.devicePixelRatio || 1) * (element.currentCSSZoom ?? 1);
}
