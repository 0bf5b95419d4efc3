// The page view: facing pages, zoom, pictures, and hotspots.

import { el } from "./dom.js";
import { drawOverlays } from "./overlays.js";

const PX = 96 / 72; // pixels per point at 100 %
const NAMES = { section: "Page", component: "Component", chart: "Chart", text: "Text", fact: "Figure", "running foot": "Running foot" };

/** Return the left and right page of a page's spread; null if there is none. */
export function facing(preview, number, view) {
  const leaf = preview.pages[number - 1];
  if (view === "single") return [leaf];
  if (leaf.side === "left") {
    const next = preview.pages[number];
    return [leaf, next && next.side === "right" ? next : null];
  }
  const before = preview.pages[number - 2];
  return [before && before.side === "left" ? before : null, leaf];
}

/** Return how much is visible beyond the trim: left, top, right, bottom in points. */
function beyond(leaf, frame, view) {
  if (!frame) return [0, 0, 0, 0];
  if (view === "single") return leaf.sheet;
  const [left, top, right, bottom] = leaf.bleed;
  return leaf.side === "left" ? [left, top, 0, bottom] : [0, top, right, bottom];
}

export function spotName(spot) {
  const said = spot.text ? `: ${spot.text}` : "";
  const kind = spot.kind === "component" || spot.kind === "section" ? `${NAMES[spot.kind]} ${spot.component}` : NAMES[spot.kind];
  return `${kind}${spot.chart ? ` ${spot.chart}` : ""}${spot.fact && spot.kind === "fact" ? ` ${spot.fact}` : ""}${said}`;
}

export class Table {
  constructor(stage, table, desk) {
    Object.assign(this, { stage, table, desk });
    this.leaves = [];
    new ResizeObserver(() => this.desk.state.preview && this.layOut()).observe(stage);
  }

  /** Show the current state. Pictures of the same pages are replaced in place to avoid flicker. */
  show() {
    const { preview, page, view } = this.desk.state;
    const pages = facing(preview, page, view);
    const same = pages.length === this.leaves.length && pages.every((leaf, i) => (leaf?.number ?? 0) === this.leaves[i].number);
    if (!same) {
      this.leaves = pages.map((leaf) => ({ number: leaf?.number ?? 0, node: el("div", { className: "leaf", role: "group" }) }));
      this.table.replaceChildren(...this.leaves.map((each) => each.node));
      this.stage.scrollTo(0, 0);
    }
    pages.forEach((leaf, index) => this.fill(this.leaves[index], leaf, pages));
    this.layOut();
  }

  fill(place, leaf, pages) {
    const { node } = place;
    place.leaf = leaf;
    node.className = "leaf";
    if (!leaf) {
      node.classList.add("empty");
      node.setAttribute("aria-hidden", "true");
      return;
    }
    node.removeAttribute("aria-hidden");
    node.setAttribute("aria-label", `Page ${leaf.number}, ${leaf.section}`);
    if (pages.length === 2 && pages[0] && pages[1]) node.classList.add(leaf.side === "left" ? "verso" : "recto-of-two");
    place.picture ??= el("img", { alt: "", draggable: false });
    place.picture.dataset.preview ??= "";
    const held = node.querySelector(".spots :focus")?.dataset.index;
    place.spots = this.spots(leaf);
    node.replaceChildren(place.picture, ...(place.canvas ? [place.canvas] : []), place.spots);
    if (held !== undefined) place.spots.children[Math.min(held, place.spots.children.length - 1)]?.focus();
  }

  spots(leaf) {
    const box = el("div", { className: "spots" });
    leaf.spots.forEach((spot, index) => {
      const button = el("button", {
        className: `${spot.kind.replace(" ", "-")}${spot.box[2] > leaf.width * 0.95 ? " whole" : ""}`, tabIndex: index === 0 ? 0 : -1, "data-index": index,
        "aria-label": spotName(spot), "aria-pressed": String(this.desk.isSelected(leaf, spot)),
        onclick: () => this.desk.select(leaf.number, spot),
        onmouseenter: () => this.desk.hint(spot), onmouseleave: () => this.desk.hint(null), onfocus: () => this.desk.hint(spot),
      });
      box.append(button);
    });
    box.addEventListener("keydown", (event) => this.walk(event, box));
    return box;
  }

  /** Move between hotspots with the arrow keys. */
  walk(event, box) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...box.children];
    const at = all.indexOf(document.activeElement);
    const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
    all.forEach((each) => (each.tabIndex = each === next ? 0 : -1));
    next.focus({ preventScroll: false });
  }

  focusFirst() {
    const place = this.leaves.find((each) => each.leaf?.number === this.desk.state.page);
    (place?.spots.querySelector("[tabindex='0']") ?? place?.spots.firstElementChild)?.focus();
  }

  mark() {
    for (const { leaf, spots } of this.leaves) {
      leaf?.spots.forEach((spot, i) => spots.children[i].setAttribute("aria-pressed", String(this.desk.isSelected(leaf, spot))));
    }
  }

  /** Return the scale in pixels per point. */
  scale(edges) {
    const { zoom } = this.desk.state;
    if (zoom !== "fit") return zoom * PX;
    const leaf = this.leaves.find((each) => each.leaf).leaf;
    const width = this.leaves.reduce((sum, each, i) => sum + leaf.width + edges[i][0] + edges[i][2], 0);
    const height = Math.max(...edges.map((each) => leaf.height + each[1] + each[3]));
    return Math.max(0.2, Math.min((this.stage.clientWidth - 58) / width, (this.stage.clientHeight - 58) / height));
  }

  layOut() {
    const { overlays, view, preview } = this.desk.state;
    const any = this.leaves.find((each) => each.leaf).leaf;
    const edges = this.leaves.map(({ leaf }) => (leaf ? beyond(leaf, overlays.has("frame"), view) : [0, 0, 0, 0]));
    const scale = this.scale(edges);
    this.desk.zoomed(scale / PX);
    const wanted = scale * devicePixelRatio / PX;
    const sharp = wanted <= 1.05 ? "1" : wanted <= 2.1 ? "2" : "3";
    this.leaves.forEach((place, index) => {
      const { leaf, node } = place;
      const [left, top, right, bottom] = edges[index];
      node.style.width = `${(any.width + left + right) * scale}px`;
      node.style.height = `${(any.height + top + bottom) * scale}px`;
      if (!leaf) return;
      const cover = (element, over) => {
        element.style.left = `${(left - over[0]) * scale}px`;
        element.style.top = `${(top - over[1]) * scale}px`;
        element.style.width = `${(leaf.width + over[0] + over[2]) * scale}px`;
        element.style.height = `${(leaf.height + over[1] + over[3]) * scale}px`;
      };
      cover(place.picture, leaf.sheet);
      cover(place.spots, [0, 0, 0, 0]);
      leaf.spots.forEach((spot, i) => {
        const [x, y, width, height] = spot.box;
        const { style } = place.spots.children[i];
        style.left = `${x * scale}px`;
        style.top = `${y * scale}px`;
        style.width = `${Math.max(width * scale, 4)}px`;
        style.height = `${Math.max(height * scale, 4)}px`;
      });
      const about = this.desk.state.message?.glimpse?.[leaf.number] ?? `${preview.id}/${leaf.number}`;
      const address = `picture/${about}/${sharp}`;
      if (!place.picture.src.endsWith(address)) place.picture.src = address;
      drawOverlays(this.desk, place, [left, top, right, bottom], scale, cover);
    });
  }

  redraw() {
    if (this.desk.state.preview) this.layOut();
  }
}
