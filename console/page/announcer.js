// What a screen reader says by itself: a new overall state, new problems, solved ones. Never a number that ticks.
import { problemKey } from "./problems.js";
import { problemText, t, word } from "./texts.js";

const MOST_SENTENCES = 3;

export function changes(before, after) {
  const said = [];
  if (before?.state !== after.state) said.push(t("announceState", { state: word(after.state) }));
  if (!before) return said.join(" ");
  const old = new Set(before.problems.map(problemKey));
  const now = new Set(after.problems.map(problemKey));
  said.push(...sentences("announceNew", after.problems.filter((problem) => !old.has(problemKey(problem)))));
  said.push(...sentences("announceSolved", before.problems.filter((problem) => !now.has(problemKey(problem)))));
  return said.join(" ");
}

// Nobody listens to twenty sentences; the list has them all.
function sentences(key, problems) {
  const said = problems.slice(0, MOST_SENTENCES).map((problem) => t(key, { text: problemText(problem) }) + t("sentenceEnd"));
  const rest = problems.length - said.length;
  return rest > 0 ? [...said, t(`${key}More`, { count: rest })] : said;
}
