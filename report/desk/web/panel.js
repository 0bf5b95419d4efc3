// The panel: the source of the selection, its other uses, and the problems.

import { $, el, icon, plural } from "./dom.js";

const FILE = /^(data|layouts|styles|figures|printers|report)\/[^,\s]+\.\w+$/;
const KINDS = { section: "Page", component: "Component", chart: "Chart", text: "Text", fact: "Figure", "running foot": "Running foot" };

/** Return a source place with buttons to copy it and to open it in the editor. */
export function place(desk, where, column = 0) {
  const [, file, line] = /^(.*?)(?::(\d+))?$/.exec(where);
  const shown = column ? `${where}:${column}` : where;
  const copy = el("button", { "aria-label": `Copy ${shown}`, title: "Copy", "data-copy": shown, onclick: (event) => copied(desk, event.currentTarget, shown) }, icon("copy"));
  const known = FILE.test(file) && desk.state.message?.root;
  const address = known && editorAddress(desk.state, file, line || 1, column || 1);
  return el("div", { className: "place" },
    el("code", {}, ...shown.split(/(?<=\/)/).flatMap((part) => [el("span", {}, part), el("wbr")])), copy,
    known && el("a", { className: "open", href: address, "aria-label": `Open ${shown} in the editor`, title: "Open in the editor" }, icon("open")));
}

/** The project's own files are in its folder; the rest of the design is in the program's. */
function editorAddress({ message: { editor, root, program }, preview }, file, line, column) {
  const own = file.startsWith("data/") || preview?.own.includes(file);
  const path = `${own ? root : program}/${file}`.split("/").map(encodeURIComponent).join("/");
  return editor.replace("{file}", path.replace(/^\//, "/")).replace("{line}", line).replace("{column}", column);
}

async function copied(desk, button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = el("textarea", { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  button.replaceChildren(icon("done"));
  desk.say(`Copied ${text}`);
  setTimeout(() => button.replaceChildren(icon("copy")), 1500);
}

const row = (name, ...what) => [el("h3", {}, name), ...what];

const pageButtons = (desk, pages) => el("ul", { className: "pages" },
  ...pages.map((page) => el("li", {}, el("button", { "aria-label": `Go to page ${page}`, onclick: () => desk.go(page) }, String(page)))));

export function showSource(desk) {
  const { selected, preview } = desk.state;
  const target = $("source");
  if (!selected || !preview) {
    target.replaceChildren(el("p", { className: "soft" }, "Click anything on a page to see its source."));
    return;
  }
  const { spot, page } = selected;
  const parts = [trail(desk, page, spot)];
  const fact = spot.fact && preview.facts[spot.fact];
  const chart = spot.chart && preview.charts[spot.chart];
  if (fact) parts.push(...aboutFact(desk, spot, fact));
  else if (spot.text) parts.push(el("blockquote", {}, spot.text));
  if (spot.src && !(fact && spot.src === fact.src)) parts.push(...row(fact ? "Written in" : chart ? "Specified in" : "Text", place(desk, spot.src)));
  if (chart) parts.push(...row("Drawn by", place(desk, chart.drawing)), ...aboutChart(desk, chart));
  if (spot.drawing && !chart) parts.push(...row("Drawn by", place(desk, spot.drawing)));
  if (spot.template) parts.push(...row("Template", place(desk, spot.template)));
  if (spot.style) parts.push(...row("Stylesheet", place(desk, spot.style)));
  if (fact) parts.push(...usesOf(desk, fact));
  target.replaceChildren(...parts.filter(Boolean));
}

/** Return what contains a hotspot, from the page inwards; each can be selected. */
function trail(desk, page, spot) {
  const leaf = desk.state.preview.pages[page - 1];
  const [x, y, width, height] = spot.box;
  const holds = (other) => other !== spot && other.kind !== "fact" && other.box[0] <= x + 1 && other.box[1] <= y + 1
    && other.box[0] + other.box[2] >= x + width - 1 && other.box[1] + other.box[3] >= y + height - 1;
  const around = leaf.spots.filter((other) => holds(other) && (other.kind !== "text" || spot.kind === "fact"));
  around.sort((one, other) => other.box[2] * other.box[3] - one.box[2] * one.box[3]);
  const name = (each) => (each.kind === "component" || each.kind === "section" ? each.component : KINDS[each.kind].toLowerCase());
  return el("div", { className: "trail" }, el("span", {}, `Page ${page}`),
    ...around.map((each) => el("span", {}, el("button", { className: "link", onclick: () => desk.select(page, each) }, name(each)))),
    el("strong", {}, KINDS[spot.kind] === "Component" || KINDS[spot.kind] === "Page" ? spot.component : KINDS[spot.kind].toLowerCase()));
}

function aboutFact(desk, spot, fact) {
  const here = spot.kind === "fact" && spot.text && spot.text !== fact.value; // in another form: a previous value, rounded, in words
  return [el("p", { className: "value" }, fact.value), el("p", { className: "what" }, fact.label, fact.source && ` · ${fact.source}`),
    here && el("p", { className: "what" }, `Printed here as “${spot.text}”.`), ...row("Fact", el("p", {}, el("code", {}, spot.fact))), ...row("Defined in", place(desk, fact.src))];
}

function usesOf(desk, fact) {
  const parts = row(`Used in ${plural(fact.uses.length, "place")}`,
    el("ul", { className: "plain" }, ...fact.uses.map(([src, what]) => el("li", {}, place(desk, src), el("p", { className: "what" }, what)))));
  if (fact.pages.length) parts.push(...row("In text on pages", pageButtons(desk, fact.pages)));
  for (const [chart, pages] of fact.charts) if (pages.length) parts.push(...row(`In the chart ${chart} on pages`, pageButtons(desk, pages)));
  return parts;
}

function aboutChart(desk, chart) {
  const facts = [...new Set(chart.facts)];
  return row(`Shows ${plural(facts.length, "fact")}`, el("ul", { className: "plain" }, ...facts.map((id) => el("li", {},
    el("button", { className: "link", onclick: () => desk.selectFact(id) }, id), ` ${desk.state.preview.facts[id]?.value ?? ""}`))));
}

export function showProblems(desk) {
  const { problems, message } = desk.state;
  const errors = problems.filter((each) => each.severity === "error").length;
  const count = $("problem-count");
  count.textContent = problems.length || "";
  count.hidden = !problems.length;
  count.className = `count ${errors ? "error" : problems.length ? "warning" : ""}`;
  const none = message?.stage === "ready" ? "No problems. All build checks passed." : "No problems so far.";
  const nodes = problems.map((problem, index) => el("li", { className: `problem ${problem.severity}${problem.pending ? " pending" : ""}${desk.state.problem === index ? " chosen" : ""}`, "data-code": problem.code },
    el("p", {}, el("b", {}, `${index + 1} · ${problem.severity === "error" ? "Error" : "Warning"} `), problem.what),
    problem.hint && el("p", {}, problem.hint),
    problem.file && place(desk, problem.line ? `${problem.file}:${problem.line}` : problem.file, problem.column),
    problem.page > 0 && el("button", { className: "link", onclick: () => desk.showProblem(index) }, `Show on page ${problem.page}`),
    problem.pending && el("p", {}, "Being checked again.")));
  $("problems").replaceChildren(problems.length ? el("ol", { className: "plain" }, ...nodes) : el("p", { className: message?.stage === "ready" ? "good" : "soft" }, none));
}
