// A state has a shape, a word and a color, so that nobody has to tell colors apart.
import { t } from "./texts.js";
import { h, svg } from "./tree.js";

const SHAPES = {
  check: { body: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Z", mark: "M4.8 8.3 7 10.5l4.3-4.8" },
  triangle: { body: "M8 1.2 15.4 14.4H.6Z", mark: "M8 6v4M8 12.2v.1" },
  octagon: { body: "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z", mark: "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" },
  dots: { body: "M3 1.5h10A1.5 1.5 0 0 1 14.5 3v10a1.5 1.5 0 0 1-1.5 1.500H3A1.5 1.5 0 0 1 1.5 13V3A1.5 1.5 0 0 1 3 1.500Z", mark: "M4.5 8v.1M8 8v.1M11.5 8v.1" },
  clock: { line: "M8 1.800a6.2 6.2 0 1 1 0 12.400A6.2 6.2 0 0 1 8 1.800ZM8 4.500V8l2.4 1.6" },
  question: { line: "M8 1.800a6.2 6.2 0 1 1 0 12.400A6.2 6.2 0 0 1 8 1.800ZM6 6.200a2 2 0 1 1 2.6 1.900Q8 8.3 8 9.200M8 11.300v.1" },
};

const STATES = {
  healthy: ["check", "good"], degraded: ["triangle", "warn"], dead: ["octagon", "bad"],
  up: ["check", "good"], down: ["octagon", "bad"], silent: ["dots", "bad"], starting: ["clock", "idle"],
  error: ["octagon", "bad"], warning: ["triangle", "warn"], ok: ["check", "good"], failed: ["octagon", "bad"],
};

export function toneOf(state) {
  return (STATES[state] ?? ["question", "idle"])[1];
}

export function stateMark(state) {
  return h("span", { class: `state ${toneOf(state)}` }, icon((STATES[state] ?? ["question"])[0]),
    h("span", null, state in STATES ? t(state) : String(state ?? t("unknown"))));
}

function icon(shape) {
  const { body, mark, line } = SHAPES[shape];
  return svg("svg", { key: shape, class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    body && svg("path", { key: "body", class: "icon-body", d: body }),
    mark && svg("path", { key: "mark", class: "icon-mark", d: mark }),
    line && svg("path", { key: "line", class: "icon-line", d: line }));
}
