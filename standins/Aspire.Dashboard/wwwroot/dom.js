// Makes elements. What is shown is text, always: nothing here reads markup out of data.

const svgNamespace = "http://www.w3.org/2000/svg";

function build(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export const el = (tag, properties, ...children) => build(document.createElement(tag), properties, children);

export const svg = (tag, properties, ...children) =>
  build(document.createElementNS(svgNamespace, tag), properties, children);

// Puts new content in the place of the old one; whoever works with the keyboard stays where they were.
export function replace(parent, ...children) {
  const focused = document.activeElement?.id;
  const selection = document.activeElement?.selectionStart;
  parent.replaceChildren(...children.flat());
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) {
    again.focus({ preventScroll: true });
    if (typeof selection === "number" && again.setSelectionRange) again.setSelectionRange(selection, selection);
  }
}

export const duration = milliseconds =>
  milliseconds >= 10_000 ? `${(milliseconds / 1000).toFixed(1)} s`
    : milliseconds >= 1_000 ? `${(milliseconds / 1000).toFixed(2)} s`
      : milliseconds >= 10 ? `${milliseconds.toFixed(1)} ms`
        : `${milliseconds.toFixed(2)} ms`;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });

export const time = text => text ? clock.format(new Date(text)) : "";

// Services have their colours in the order of their names, wherever they are shown.
const coloured = [];

export function colour(service) {
  let place = coloured.indexOf(service);
  if (place < 0) place = coloured.push(service) - 1;
  return `service-${place % 8}`;
}
