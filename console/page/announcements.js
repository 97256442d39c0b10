// What screen readers announce: a new overall state, new and solved problems; never changing numbers.
import { problemKey } from "./problems.js";
import { problemText, t, word } from "./texts.js";

const MAX_SENTENCES = 3;

export function changes(before, after) {
  const parts = [];
  if (before?.state !== after.state) parts.push(t("announceState", { state: word(after.state) }));
  if (!before) return parts.join(" ");
  const old = new Set(before.problems.map(problemKey));
  const now = new Set(after.problems.map(problemKey));
  parts.push(...sentences("announceNew", after.problems.filter((problem) => !old.has(problemKey(problem)))));
  parts.push(...sentences("announceSolved", before.problems.filter((problem) => !now.has(problemKey(problem)))));
  return parts.join(" ");
}

// Limited, because nobody listens to twenty sentences; the list has them all.
function sentences(key, problems) {
  const spoken = problems.slice(0, MAX_SENTENCES).map((problem) => t(key, { text: problemText(problem) }) + t("sentenceEnd"));
  const rest = problems.length - spoken.length;
  return rest > 0 ? [...spoken, t(`${key}More`, { count: rest })] : spoken;
}
