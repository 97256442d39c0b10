import { clock, duration } from "./format.js";
import { stateMark, toneOf } from "./icons.js";
import { switches } from "./switches.js";
import { t, word } from "./texts.js";
import { h, svg } from "./tree.js";

export function header({ answer, rerender, logOut }) {
  const cluster = answer?.cluster;
  return [
    h("div", { class: "header-row", key: "row" },
      h("div", { class: "identity" },
        mark(),
        h("h1", null, cluster?.name ?? t("title")),
        answer && h("span", { class: `overall ${toneOf(answer.state)}` }, stateMark(answer.state))),
      cluster && h("dl", { class: "facts" },
        fact("scheme", cluster.scheme),
        fact("version", cluster.version),
        cluster.election && cluster.election !== "none" ? fact("election", cluster.election) : null,
        fact("lastPoll", clock(answer.observedAt))),
      h("div", { class: "controls" }, switches(rerender), h("button", { key: "out", type: "button", class: "quiet", onclick: logOut }, t("logOut")))),
  ];
}

// Notices that the page is out of date or incomplete; they stay visible while scrolling.
export function bars({ silentSince, age, broken }) {
  return [
    silentSince && bar("silent", "bad", t("silentConsole", { time: clock(silentSince) })),
    age !== null && bar("old", "warn", t("oldData", { age: duration(age) })),
    broken.length > 0 && bar("broken", "warn", t("brokenView", { sections: broken.map(word).join(", ") })),
  ].filter(Boolean);
}

function mark() {
  return svg("svg", { class: "logo", viewBox: "0 0 32 32", "aria-hidden": "true" },
    svg("rect", { key: "ground", width: "32", height: "32", rx: "7" }),
    svg("path", { key: "lines", d: "M8 11h9M8 16h13M8 21h9" }),
    svg("path", { key: "arrow", d: "M20 10.5 25.5 16 20 21.5" }));
}

function fact(name, value) {
  return h("div", { key: name }, h("dt", null, t(name)), h("dd", null, value ?? "—"));
}

function bar(key, tone, text) {
  return h("p", { key, class: `bar ${tone}` }, text);
}
