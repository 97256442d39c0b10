// What a screen reader says by itself: a new overall state, new problems, solved ones. Never a number that ticks.
import { problemKey } from "./problems.js";
import { problemText, t, word } from "./texts.js";

export function changes(before, after) {
  const said = [];
  if (before?.state !== after.state) said.push(t("announceState", { state: word(after.state) }));
  if (!before) return said.join(" ");
  const old = new Set(before.problems.map(problemKey));
  const now = new Set(after.problems.map(problemKey));
  for (const problem of after.problems) if (!old.has(problemKey(problem))) said.push(t("announceNew", { text: problemText(problem) }));
  for (const problem of before.problems) if (!now.has(problemKey(problem))) said.push(t("announceSolved", { text: problemText(problem) }));
  return said.join(" ");
}
