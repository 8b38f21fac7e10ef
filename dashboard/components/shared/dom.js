// Small helpers to build elements without ever writing markup: text from files stays text.

const SVG = "http://www.w3.org/2000/svg";

// Return an element; `on…` properties become listeners, `text` its text, the rest attributes.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = value;
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const ICONS = {
  eye: [
    "M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8z",
    "M10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  ],
  hidden: ["M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8z", "M2.5 13.5l11-11"],
  wipe: ["M6 4L2 8l4 4", "M10 4l4 4-4 4"],
  plus: ["M8 3v10", "M3 8h10"],
  minus: ["M3 8h10"],
  fit: ["M2 5.5V2.5h3", "M11 2.5h3v3", "M14 10.5v3h-3", "M5 13.5H2v-3", "M5.5 6h5v4h-5z"],
};

// Return a 16 px line icon that takes the colour of its text.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 16 16",
    width: 16,
    height: 16,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.4,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  }))
    svg.setAttribute(key, value);
  for (const line of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

// Return a row of buttons of which one is pressed; `options` are {value, label}.
export function segmented(name, options, value, choose) {
  const buttons = options.map((option) =>
    h("button", {
      type: "button",
      text: option.label,
      "aria-pressed": String(option.value === value),
      onclick: () => choose(option.value),
    }),
  );
  return h("div", { class: "segmented", role: "group", "aria-label": name }, ...buttons);
}

// Return a control under its label, with what it stands at to the right.
export function field(label, control, shown = null) {
  // No <output> for the value: it would be what the label names.
  const title = h("span", { class: "field-label" }, h("span", { text: label }));
  if (shown !== null) title.append(h("span", { class: "shown", text: shown }));
  // A label around buttons would name, and press, the first of them.
  const grouped = control.getAttribute("role") === "group";
  return h(grouped ? "div" : "label", { class: "field" }, title, control);
}

// Return a colour swatch; its tile shows the pattern, if any.
export function swatch(color, picture = null) {
  const style = { backgroundColor: color };
  if (picture) {
    style.backgroundImage = `url(${picture.toDataURL()})`;
    style.backgroundSize = "8px 8px";
  }
  return h("span", { class: "swatch", style, "aria-hidden": "true" });
}

// Return a share of 0 to 100 as people read it, "18.5 %".
export function percent(value, digits = 1) {
  return `${value.toFixed(digits)} %`;
}

// Return a step with its thousands apart, "4,750".
export function stepText(step) {
  return step.toLocaleString("en-US");
}

// Return "▲ 18.8", "▼ 1.6" or "0.0" in the colour of its meaning.
export function changeMark(change) {
  const text =
    change > 0 ? `▲ ${change.toFixed(1)}` : change < 0 ? `▼ ${(-change).toFixed(1)}` : "0.0";
  const kind = change > 0 ? "better" : change < 0 ? "worse" : "same";
  return h("span", { class: `change ${kind}`, text });
}
