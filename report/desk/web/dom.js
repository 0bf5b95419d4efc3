// Helpers: HTML and SVG elements, icons, JSON from the desk.

export const $ = (id) => document.getElementById(id);

/** Create an element with properties, attributes (any other name), listeners (on…) and children. */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

export function svg(tag, given = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

const ICONS = {
  copy: "M5.5 5.5h7v8h-7z M3.5 10.5v-8h7",
  open: "M6 3.5H3.5v9h9V10 M9 2.5h4.5V7 M13 3 7.5 8.5",
  done: "m3 8.5 3.5 3.5L13 4.5",
};

export function icon(name) {
  const made = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  made.append(svg("path", { d: ICONS[name] }));
  return made;
}

/** Fetch JSON from the desk; null if it is not available. */
export async function read(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
