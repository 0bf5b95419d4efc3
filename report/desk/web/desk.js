// The desk: its state, messages from the server, and user actions.

import { $, el, plural, read } from "./dom.js";
import { inkAt, legend, loadContrasts, OVERLAYS } from "./overlays.js";
import { facing, spotName, Table } from "./pages.js";
import { showProblems, showSource } from "./panel.js";

const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
const VARIANTS = { print: "Print", screen: "Screen", archive: "Archive" };
const STAGES = {
  waiting: () => "Waiting",
  building: () => "Building …",
  checking: (m) => `Pages updated in ${m.seconds.toFixed(1)} s. Checking …`,
  ready: (m) => `Up to date. Built in ${m.seconds.toFixed(1)} s`,
  failed: (m) => `${plural(m.problems.filter((each) => each.severity === "error").length, "error")}: ${m.id ? "showing the last good pages" : "no pages yet"}`,
};

class Desk {
  constructor() {
    const hash = new URLSearchParams(location.hash.slice(1));
    this.state = {
      message: null, preview: null, problems: [], problem: null, selected: null, ready: new Set(),
      page: Number(hash.get("page")) || 1, view: hash.get("view") === "single" ? "single" : "spread", zoom: Number(hash.get("zoom")) || "fit",
      variant: hash.get("variant") || "", overlays: new Set((hash.get("overlays") ?? "marks").split(",").filter(Boolean)),
    };
    this.table = new Table($("stage"), $("table"), this);
    this.controls();
    this.listen();
  }

  // messages from the server

  listen() {
    this.stream?.close();
    this.stream = new EventSource(this.state.variant ? `events/${this.state.variant}` : "events");
    this.stream.onmessage = (event) => this.hear(JSON.parse(event.data));
    this.stream.onerror = () => {
      $("lamp").className = "failed";
      $("status").textContent = "The desk is not responding. Is build.py watch still running?";
    };
  }

  async hear(message) {
    const { state } = this;
    state.message = message;
    state.variant = message.variant;
    state.ready = new Set(message.overlays);
    this.variants(message);
    if (message.id && message.id !== state.preview?.id) {
      const preview = await read(`pages/${message.variant}/${message.id}`);
      if (state.message !== message) return; // superseded by a newer message
      if (preview) this.take(preview);
    }
    state.problems = message.problems;
    if (state.problem >= state.problems.length) state.problem = null;
    if (state.overlays.has("contrast")) await loadContrasts(this);
    this.stage(message);
    showProblems(this);
    this.thumbsMarked();
    if (state.preview) {
      this.table.redraw();
      legend(this, this.leaves());
    } else {
      $("table").replaceChildren(el("p", { className: "waiting" }, message.stage === "failed"
        ? "There are no pages yet. Fix the errors in the list to see them." : "Building the first pages …"));
    }
  }

  stage(message) {
    const said = STAGES[message.stage](message);
    if ($("status").textContent !== said) $("status").textContent = said;
    $("lamp").className = message.stage;
    document.body.classList.toggle("stale", message.stage === "failed");
    $("table").setAttribute("aria-busy", String(message.stage === "building"));
  }

  /** Show new pages and keep the position. */
  take(preview) {
    const { state } = this;
    const first = !state.preview;
    state.preview = preview;
    state.page = Math.max(1, Math.min(state.page, preview.pages.length));
    document.title = `${preview.title} · ${VARIANTS[preview.variant] ?? preview.variant}`;
    document.documentElement.style.setProperty("--ratio", `${preview.pages[0].width} / ${preview.pages[0].height}`);
    $("title").textContent = preview.title;
    if (state.selected) state.selected = this.again(state.selected);
    $("sections").replaceChildren(...preview.chapters.map((each) => el("option", { value: each.title })));
    this.rail();
    this.show();
    showSource(this);
    if (first) $("rail").querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  /** Find the selection on the new pages: on the same page, or else on the first page that has it. */
  again({ page, spot }) {
    const same = (other) => ["kind", "component", "src", "fact", "chart"].every((key) => other[key] === spot[key]);
    const leaves = [this.state.preview.pages[page - 1], ...this.state.preview.pages].filter(Boolean);
    for (const leaf of leaves) {
      const found = leaf.spots.find((other) => same(other) && other.text === spot.text) ?? leaf.spots.find(same);
      if (found) return { page: leaf.number, spot: found };
    }
    return null;
  }

  // display

  leaves() {
    return facing(this.state.preview, this.state.page, this.state.view);
  }

  show() {
    const { state } = this;
    if (!state.preview) return;
    this.table.show();
    const numbers = this.leaves().filter(Boolean).map((leaf) => leaf.number);
    if (document.activeElement !== $("jump")) $("jump").value = numbers.join("–");
    $("count").textContent = `of ${state.preview.pages.length}`;
    for (const each of document.querySelectorAll(".thumb")) {
      if (numbers.includes(Number(each.dataset.page))) each.setAttribute("aria-current", "page");
      else each.removeAttribute("aria-current");
    }
    $("previous").disabled = numbers.includes(1);
    $("next").disabled = numbers.includes(state.preview.pages.length);
    legend(this, this.leaves());
    this.remember();
  }

  rail() {
    const { preview } = this.state;
    const nodes = [];
    for (const first of preview.pages) {
      const leaves = facing(preview, first.number, "spread").filter(Boolean);
      if (leaves[0] !== first) continue;
      const chapters = preview.chapters.filter((each) => leaves.some((leaf) => leaf.number === each.page));
      nodes.push(...chapters.map((each) => el("h2", {}, el("button", { onclick: () => this.go(each.page) }, each.title))));
      nodes.push(el("div", { className: "pair" }, ...leaves.map((leaf) => this.thumb(leaf))));
    }
    const at = $("rail").scrollTop;
    const held = document.activeElement?.closest?.(".thumb")?.dataset.page;
    $("rail").replaceChildren(...nodes);
    $("rail").scrollTop = at;
    if (held) $("rail").querySelector(`[data-page="${held}"]`)?.focus({ preventScroll: true });
  }

  thumb(leaf) {
    const [left, top, right, bottom] = leaf.sheet;
    const image = document.querySelector(`.thumb[data-page="${leaf.number}"] img`) ?? el("img", { alt: "", loading: "lazy" });
    image.style.width = `${(leaf.width + left + right) / leaf.width * 100}%`;
    image.style.left = `${-left / leaf.width * 100}%`;
    image.style.top = `${-top / leaf.height * 100}%`;
    image.src = `picture/${this.state.preview.id}/${leaf.number}/thumb`;
    return el("button", { className: `thumb ${leaf.side}`, "data-page": leaf.number, "aria-label": `Page ${leaf.number}, ${leaf.section}`, onclick: () => this.go(leaf.number) },
      el("div", { className: "print" }, image), el("span", {}, String(leaf.number)));
  }

  thumbsMarked() {
    const worst = new Map();
    for (const { page, severity } of this.state.problems) if (worst.get(page) !== "error") worst.set(page, severity);
    for (const each of document.querySelectorAll(".thumb")) {
      const severity = worst.get(Number(each.dataset.page));
      each.classList.toggle("faulty", Boolean(severity));
      each.classList.toggle("warning", severity === "warning");
    }
  }

  variants(message) {
    const order = Object.keys(VARIANTS).filter((name) => message.variants.includes(name));
    if ($("variants").children.length !== order.length) {
      $("variants").replaceChildren(...order.map((name) => el("button", { "data-variant": name, onclick: () => this.setVariant(name) }, VARIANTS[name])));
    }
    for (const each of $("variants").children) each.setAttribute("aria-pressed", String(each.dataset.variant === message.variant));
  }

  remember() {
    const { page, view, zoom, variant, overlays } = this.state;
    history.replaceState(null, "", `#${new URLSearchParams({ page, view, zoom, variant, overlays: [...overlays].join(",") })}`);
  }

  say(words) {
    $("hint").textContent = words;
    $("hint").setAttribute("aria-hidden", "false");
    $("hint").setAttribute("role", "status");
    setTimeout(() => { if ($("hint").textContent === words) $("hint").textContent = ""; }, 2500);
  }

  hint(spot) {
    $("hint").textContent = spot ? `${spotName({ ...spot, text: "" })} · ${spot.src || spot.template || spot.style}` : "";
  }

  zoomed(scale) {
    $("fit").textContent = this.state.zoom === "fit" ? "Fit" : `${Math.round(scale * 100)} %`;
    this.scale = scale;
  }

  // user actions

  go(page) {
    const { state } = this;
    if (!state.preview) return;
    state.page = Math.max(1, Math.min(page, state.preview.pages.length));
    this.show();
    document.querySelector(".thumb[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  turn(step) {
    if (!this.state.preview) return;
    const numbers = this.leaves().filter(Boolean).map((leaf) => leaf.number);
    this.go(step > 0 ? Math.max(...numbers) + 1 : Math.min(...numbers) - 1);
  }

  jump(words) {
    const { preview } = this.state;
    const wanted = words.trim().toLowerCase();
    const number = parseInt(wanted, 10);
    const chapter = preview.chapters.find((each) => each.title.toLowerCase() === wanted)
      ?? preview.chapters.find((each) => wanted && each.title.toLowerCase().includes(wanted));
    if (String(number) === wanted.split("–")[0]) this.go(number);
    else if (chapter) this.go(chapter.page);
    else this.say(`No page or section matches “${words}”.`);
    $("stage").focus();
    this.show();
  }

  setView(view) {
    this.state.view = view;
    this.pressed();
    this.show();
  }

  setZoom(step) {
    const at = this.scale ?? 1;
    if (step === 0) this.state.zoom = "fit";
    else this.state.zoom = step > 0 ? ZOOMS.find((each) => each > at * 1.02) ?? ZOOMS.at(-1) : ZOOMS.findLast((each) => each < at * 0.98) ?? ZOOMS[0];
    this.show();
  }

  setVariant(variant) {
    if (variant === this.state.variant) return;
    this.state.variant = variant;
    this.remember();
    this.listen();
  }

  async toggle(id) {
    const { overlays } = this.state;
    if (!overlays.delete(id)) overlays.add(id);
    this.pressed();
    if (id === "contrast" && this.state.preview) await loadContrasts(this);
    this.show();
  }

  pressed() {
    for (const view of ["single", "spread"]) $(view).setAttribute("aria-pressed", String(this.state.view === view));
    for (const { id } of OVERLAYS) $(`overlay-${id}`).setAttribute("aria-pressed", String(this.state.overlays.has(id)));
  }

  select(page, spot) {
    this.state.selected = { page, spot };
    if (!this.leaves().some((leaf) => leaf?.number === page)) this.go(page);
    this.table.mark();
    showSource(this);
    $("panel").scrollTop = 0;
    this.say(`${spotName({ ...spot, text: "" })} · ${spot.src || spot.template || spot.style}`);
  }

  selectFact(id) {
    for (const leaf of [...this.leaves().filter(Boolean), ...this.state.preview.pages]) {
      const spot = leaf.spots.find((each) => each.kind === "fact" && each.fact === id);
      if (spot) { this.select(leaf.number, spot); return; }
    }
    const fact = this.state.preview.facts[id];
    this.select(this.state.page, { kind: "fact", component: "", box: [0, 0, 0, 0], text: fact.value, src: "", template: "", style: "", drawing: "", fact: id, chart: "" });
  }

  isSelected(leaf, spot) {
    const chosen = this.state.selected;
    return Boolean(chosen) && chosen.page === leaf.number && chosen.spot === spot;
  }

  deselect() {
    Object.assign(this.state, { selected: null, problem: null });
    this.table.mark();
    showSource(this);
    showProblems(this);
    this.table.redraw();
  }

  showProblem(index) {
    this.state.problem = index;
    this.state.overlays.add("marks");
    this.pressed();
    this.go(this.state.problems[index].page);
    showProblems(this);
  }

  controls() {
    const keys = [
      ["←", "Previous pages", () => this.turn(-1), "ArrowLeft", "PageUp"], ["→", "Next pages", () => this.turn(1), "ArrowRight", "PageDown"],
      ["Home", "First page", () => this.go(1), "Home"], ["End", "Last page", () => this.go(Infinity), "End"],
      ["g", "Go to a page or section", () => $("jump").focus(), "g"],
      ["1", "Single pages", () => this.setView("single"), "1"], ["2", "Facing pages", () => this.setView("spread"), "2"],
      ["+", "Zoom in", () => this.setZoom(1), "+", "="], ["−", "Zoom out", () => this.setZoom(-1), "-", "−"], ["0", "Fit to window", () => this.setZoom(0), "0"],
      ["i", "Step through the elements on the page", () => this.table.focusFirst(), "i"], ["s", "Go to the source", () => $("source-title").focus(), "s"],
      ["p", "Go to the problems", () => $("problems-title").focus(), "p"],
      ...OVERLAYS.map(({ id, key, name }) => [key, name, () => this.toggle(id), key]),
      ["Esc", "Clear the selection", () => this.deselect(), "Escape"], ["?", "Show this list", () => $("keys").showModal(), "?"],
    ];
    $("key-list").replaceChildren(...keys.flatMap(([key, name]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, name)]));
    $("overlays").replaceChildren(...OVERLAYS.map(({ id, key, name }) => el("button", { id: `overlay-${id}`, title: `${name} (${key})`, onclick: () => this.toggle(id) }, name)));
    const clicks = { previous: () => this.turn(-1), next: () => this.turn(1), single: () => this.setView("single"), spread: () => this.setView("spread"), smaller: () => this.setZoom(-1), fit: () => this.setZoom(0), larger: () => this.setZoom(1), help: () => $("keys").showModal() };
    for (const [id, act] of Object.entries(clicks)) $(id).addEventListener("click", act);
    $("jump").addEventListener("focus", (event) => event.target.select());
    $("jump").addEventListener("change", (event) => this.state.preview && this.jump(event.target.value));
    $("jump").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.state.preview) this.jump(event.target.value);
      if (event.key === "Escape") $("stage").focus();
    });
    $("jump").addEventListener("blur", () => this.show());
    $("stage").addEventListener("mousemove", (event) => {
      const amount = $("amount") && inkAt(this.table.leaves, event);
      if ($("amount")) $("amount").textContent = amount === null ? "" : `${amount} % here`;
    });
    document.addEventListener("keydown", (event) => this.key(event, keys));
    try { $("keys-on").checked = localStorage.getItem("desk-keys") !== "off"; } catch { /* storage is disabled: keep the default */ }
    $("keys-on").addEventListener("change", (event) => { try { localStorage.setItem("desk-keys", event.target.checked ? "on" : "off"); } catch { /* storage is disabled */ } });
    this.pressed();
    showSource(this);
    showProblems(this);
  }

  key(event, keys) {
    if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key.length === 1 && !$("keys-on").checked) return;
    const found = keys.find(([, , , ...names]) => names.includes(event.key));
    if (!found) return;
    event.preventDefault();
    found[2]();
  }
}

window.desk = new Desk();
