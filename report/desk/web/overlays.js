// The overlays and their legend.

import { $, el, plural, read, svg } from "./dom.js";

export const OVERLAYS = [
  { id: "marks", key: "m", name: "Problems" },
  { id: "frame", key: "b", name: "Trim and bleed" },
  { id: "grid", key: "l", name: "Grid" },
  { id: "ink", key: "k", name: "Ink coverage" },
  { id: "order", key: "r", name: "Reading order" },
  { id: "contrast", key: "c", name: "Contrast" },
];

/** Draw the overlays of one page. `edges` is how far the view extends beyond the trim, in points. */
export function drawOverlays(desk, place, edges, scale, cover) {
  const { node, leaf } = place;
  const on = desk.state.overlays;
  const [left, top, right, bottom] = edges;
  node.querySelector("svg")?.remove();
  const layer = svg("svg", { viewBox: `${-left} ${-top} ${leaf.width + left + right} ${leaf.height + top + bottom}`, "aria-hidden": "true" });
  const text = Math.max(0.55, Math.min(1.6, 1.15 / scale)); // keeps labels readable at small zoom levels
  layer.dataset.overlays = [...on].join(" ");
  for (const [id, draw] of [["grid", grid], ["frame", frame], ["order", order], ["contrast", contrast], ["marks", marks]]) {
    if (on.has(id)) draw(desk, leaf, layer, text);
  }
  node.insertBefore(layer, place.spots);
  ink(desk, place, on.has("ink"), cover);
}

const box = (className, [x, y, width, height]) => svg("rect", { class: className, x, y, width, height });

function frame(desk, leaf, layer) {
  const { safe } = desk.state.preview.geometry;
  const [left, top, right, bottom] = leaf.bleed;
  const verso = leaf.side === "left";
  layer.append(box("gutter", [verso ? leaf.width - safe : 0, 0, safe, leaf.height]));
  const lines = [["trim", [0, 0, leaf.width, leaf.height]], ["safe", [safe, safe, leaf.width - 2 * safe, leaf.height - 2 * safe]]];
  if (left + top + right + bottom > 0) lines.unshift(["bleed", [-left, -top, leaf.width + left + right, leaf.height + top + bottom]]);
  for (const [name, place] of lines) layer.append(box("halo", place), box(name, place)); // a light halo underneath keeps it visible on dark pages
}

function grid(desk, leaf, layer) {
  const g = desk.state.preview.geometry;
  const start = leaf.side === "left" ? g.outside : g.inside;
  const width = leaf.width - g.inside - g.outside;
  const height = leaf.height - g.top - g.bottom;
  for (let column = 0; column < g.columns; column++) layer.append(box("column", [start + column * (g.column + g.gutter), g.top, g.column, height]));
  for (let y = g.baseline; y < leaf.height - g.bottom + 1; y += g.leading) layer.append(svg("line", { class: "baseline", x1: start, x2: start + width, y1: y, y2: y }));
  layer.append(box("halo", [start, g.top, width, height]), box("margin", [start, g.top, width, height]));
}

function badge(layer, className, x, y, words, size) {
  const r = 6 * size;
  const half = Math.max(r, (String(words).length * 2.4 + 3) * size);
  layer.append(svg("rect", { class: className, x: x - half, y: y - r, width: 2 * half, height: 2 * r, rx: r }));
  const label = svg("text", { x, y: y + 2.9 * size }, String(words));
  label.style.fontSize = `${8 * size}px`;
  layer.append(label);
}

function marks(desk, leaf, layer, size) {
  desk.state.problems.forEach((problem, index) => {
    if (problem.page !== leaf.number) return;
    const chosen = desk.state.problem === index ? " chosen" : "";
    const boxes = problem.boxes.length ? problem.boxes : [[1, 1, leaf.width - 2, leaf.height - 2]];
    const large = (each) => (each[2] * each[3] > leaf.width * leaf.height / 3 ? " large" : "");
    for (const each of boxes) layer.append(box(`mark ${problem.severity}${chosen}${large(each)}`, each));
    const [x, y] = boxes[0];
    badge(layer, `number ${problem.severity}`, Math.max(9, x), Math.max(9, y), index + 1, size);
  });
}

function order(desk, leaf, layer, size) {
  const centre = ([x, y]) => [Math.max(9, x - 7 * size), Math.max(8, y + 5 * size)];
  layer.append(svg("polyline", { class: "path", points: leaf.order.map((each) => centre(each.box).join(",")).join(" ") }));
  leaf.order.forEach((each, index) => {
    const [x, y] = centre(each.box);
    layer.append(box("element", each.box));
    badge(layer, "step", x, y, index + 1, size);
    const label = svg("text", { class: "tag", x: each.box[0] + each.box[2] - 1, y: each.box[1] + 2 * size, "text-anchor": "end" }, each.tag);
    label.style.fontSize = `${7 * size}px`;
    layer.append(label);
  });
}

function contrast(desk, leaf, layer, size) {
  for (const each of desk.state.contrasts?.[leaf.number] ?? []) {
    const fine = each.ratio >= each.needed - 0.01;
    layer.append(box(fine ? "fine" : "pale", each.box));
    if (!fine) {
      const label = svg("text", { class: "ratio", x: each.box[0], y: each.box[1] - 2 }, `${each.ratio.toFixed(1)} of ${each.needed}`);
      label.style.fontSize = `${7 * size}px`;
      layer.append(label);
    }
  }
}

/** Return the colours for ink from 0 to 400 %: white to blue, and orange above the limit. */
function palette(limit) {
  const stops = [[0, 255, 255, 255], [0.2, 201, 216, 232], [0.55, 108, 147, 189], [1, 29, 63, 107]];
  return Array.from({ length: 256 }, (_, value) => {
    const share = (value / 255) * 400 / limit;
    if (share > 1.004) return [232, 93, 4];
    const next = Math.max(1, stops.findIndex((stop) => stop[0] >= share));
    const [a, b] = [stops[next - 1], stops[next]];
    const t = (share - a[0]) / (b[0] - a[0]);
    return [1, 2, 3].map((i) => Math.round(a[i] + (b[i] - a[i]) * t));
  });
}

async function ink(desk, place, on, cover) {
  const { leaf, node } = place;
  const { preview, ready } = desk.state;
  if (!on || !ready.has("ink")) {
    place.canvas?.remove();
    place.canvas = null;
    return;
  }
  if (place.canvas?.dataset.of !== `${preview.id}/${leaf.number}`) {
    const canvas = el("canvas", { "data-of": `${preview.id}/${leaf.number}`, "aria-hidden": "true" });
    place.canvas?.remove();
    place.canvas = canvas;
    const image = new Image();
    image.src = `ink/${preview.variant}/${preview.id}/${leaf.number}`;
    try { await image.decode(); } catch { return; }
    if (place.canvas !== canvas) return;
    Object.assign(canvas, { width: image.width, height: image.height });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(image, 0, 0);
    const pixels = pen.getImageData(0, 0, image.width, image.height);
    const colours = palette(preview.ink_limit);
    canvas.amounts = new Uint8Array(image.width * image.height);
    for (let i = 0; i < canvas.amounts.length; i++) {
      const value = (canvas.amounts[i] = pixels.data[4 * i]);
      pixels.data.set(colours[value], 4 * i);
    }
    pen.putImageData(pixels, 0, 0);
  }
  cover(place.canvas, leaf.sheet);
  node.insertBefore(place.canvas, place.picture.nextSibling);
}

/** Return the total area coverage under the pointer in percent, or null. */
export function inkAt(places, event) {
  for (const { canvas } of places) {
    if (!canvas?.amounts) continue;
    const area = canvas.getBoundingClientRect();
    const x = Math.floor((event.clientX - area.left) / area.width * canvas.width);
    const y = Math.floor((event.clientY - area.top) / area.height * canvas.height);
    if (x >= 0 && y >= 0 && x < canvas.width && y < canvas.height) return Math.round(canvas.amounts[y * canvas.width + x] / 255 * 400);
  }
  return null;
}

export async function loadContrasts(desk) {
  const { preview, ready } = desk.state;
  if (!ready.has("contrast") || desk.state.contrastsOf === preview.id) return;
  const found = await read(`contrast/${preview.variant}/${preview.id}`);
  if (found && desk.state.preview?.id === preview.id) Object.assign(desk.state, { contrasts: found, contrastsOf: preview.id });
}

const swatch = (colour, words, dashes = "solid") => {
  const sample = el("i");
  sample.style.borderColor = colour;
  sample.style.borderStyle = dashes;
  return el("span", {}, sample, words);
};

/** Show the legend of the active overlays. */
export function legend(desk, leaves) {
  const { preview, overlays, ready } = desk.state;
  const said = [];
  if (overlays.has("frame")) {
    const bleeds = preview.pages[0].bleed.some((edge) => edge > 0);
    said.push(swatch("#0b66c3", "trim"), swatch("#18803f", `safe area, ${preview.geometry.safe} pt`, "dashed"), swatch("#c3272b55", "gutter"));
    said.push(bleeds ? swatch("#c3272b", `bleed, ${Math.max(...preview.pages[0].bleed)} pt`, "dashed") : toPrint(desk, "Only the print variant has a bleed."));
  }
  if (overlays.has("grid")) said.push(swatch("#c724b1", "margins"), swatch("#008cbe", `${preview.geometry.columns} columns, ${preview.geometry.leading} pt leading`));
  if (overlays.has("ink")) {
    if (preview.variant !== "print") said.push(toPrint(desk, "Ink coverage is measured for the print variant only."));
    else if (!ready.has("ink")) said.push(el("span", {}, "Measuring ink coverage …"));
    else said.push(el("span", {}, "0 %", el("i", { className: "ramp" }), `${preview.ink_limit} %`), swatch("#e85d04", "over the limit"), el("span", { id: "amount" }));
  }
  if (overlays.has("order")) said.push(swatch("#6a2c91", `${plural(leaves.reduce((sum, leaf) => sum + (leaf?.order.length ?? 0), 0), "element")} in reading order`));
  if (overlays.has("contrast")) {
    if (desk.state.contrastsOf !== preview.id) said.push(el("span", {}, "Measuring contrast …"));
    else {
      const texts = leaves.flatMap((leaf) => desk.state.contrasts[leaf?.number] ?? []);
      const pale = texts.filter((each) => each.ratio < each.needed - 0.01);
      const least = texts.length ? Math.min(...texts.map((each) => each.ratio)).toFixed(1) : "";
      said.push(swatch("#18803f", texts.length ? `sufficient; lowest here: ${least}:1` : "no text here"));
      if (pale.length) said.push(swatch("#b3261e", `${plural(pale.length, "text")} with low contrast`));
    }
  }
  $("legend").replaceChildren(...said);
}

function toPrint(desk, why) {
  const other = desk.state.message?.variants.includes("print");
  return el("span", {}, why, other && el("button", { onclick: () => desk.setVariant("print") }, "Show print"));
}
