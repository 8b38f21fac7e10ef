// @ts-check
// Colours that depend on whether the page is light or dark.

/**
 * Return the colours of the theme around an element.
 * @param {Element} element
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const value = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
    style.getPropertyValue(name).trim() || otherwise;
  return {
    page: value("--st-background-color", "#FFFFFF"),
    ink: value("--st-text-color", "#151A21"),
    font: value("--st-font", "sans-serif"),
    isDark: isDark(element),
  };
}

/**
 * Return the colour of a class as a mark on the page: relit, so that it stands out. The safe
 * colours stay, because relighting brings them too close together.
 * @param {string} color
 * @param {"dataset" | "safe"} palette
 * @param {boolean} isDark
 */
export function markColor(color, palette, isDark) {
  if (palette === "safe") return color;
  const lightness = isDark ? "calc(0.38 + 0.58 * l)" : "min(0.14 + 0.62 * l, 0.655)";
  const relit = `oklch(from ${color} ${lightness} c h)`;
  return CSS.supports("color", relit) ? relit : color;
}

/** @param {Element} element */
function isDark(element) {
  const story = element.closest(".story") ?? element;
  const parts = getComputedStyle(story).backgroundColor.match(/[\d.]+/g) ?? [];
  const [red, green, blue] = parts.map(Number);
  return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
}
