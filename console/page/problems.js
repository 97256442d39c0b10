import { stateMark } from "./icons.js";
import { problemText, t } from "./texts.js";
import { title } from "./tables.js";
import { h } from "./tree.js";

export function problemKey(problem) {
  return `${problem.kind} ${problem.subject}`;
}

export function problemsSection({ problems, state }) {
  if (problems.length === 0) {
    return [title("problems"), h("p", { key: "none", class: "calm" }, stateMark(state), " ", t(state === "healthy" ? "asPlanned" : "notYetSeen"))];
  }
  const errors = problems.filter((problem) => problem.severity === "error");
  const others = problems.filter((problem) => problem.severity !== "error");
  return [
    title("problems", h("span", { class: "muted" }, problems.length)),
    h("ul", { key: "list", class: "problems" }, [...errors, ...others].map((problem) =>
      h("li", { key: problemKey(problem), class: `problem ${problem.severity === "error" ? "bad" : "warn"}` },
        stateMark(problem.severity), h("span", { class: "problem-text" }, problemText(problem))))),
  ];
}
