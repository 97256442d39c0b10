import { changes } from "./announcements.js";
import { brokersSection } from "./brokers.js";
import { clock, secondsBetween } from "./format.js";
import { consumerGroupsSection } from "./groups.js";
import { bars, header } from "./header.js";
import { overview } from "./overview.js";
import { startPolling } from "./polling.js";
import { storedLanguage } from "./preferences.js";
import { problemsSection } from "./problems.js";
import { controllersSection, nameServersSection, proxiesSection } from "./servers.js";
import { setLanguage, t, word } from "./texts.js";
import { topicsSection } from "./topics.js";
import { fill } from "./tree.js";
import { verificationSection } from "./verification.js";

const STALE_AFTER_SECONDS = 15;

const SECTIONS = {
  overview,
  problems: problemsSection,
  brokers: brokersSection,
  nameServers: nameServersSection,
  controllers: controllersSection,
  proxies: proxiesSection,
  topics: topicsSection,
  consumerGroups: consumerGroupsSection,
  verification: verificationSection,
};
const ONLY_IF_ANY = ["controllers", "proxies"];

const at = (id) => document.getElementById(id);

let answer = null, servedAt = null, silentSince = null;

function show() {
  const broken = answer ? showSections() : [];
  fill(at("header"), header({ answer, rerender: show, logOut }));
  showBars(broken);
  at("skip").textContent = t("skip");
  at("waiting").textContent = t("waiting");
  at("waiting").hidden = answer !== null;
  at("sections").hidden = answer === null;
  at("overview").setAttribute("aria-label", t("overview"));
  document.body.classList.toggle("stale", silentSince !== null);
  document.title = answer ? `${word(answer.state)} · ${answer.cluster?.name}` : t("title");
}

// A section that fails to render must not take down the others.
function showSections() {
  const broken = [];
  for (const [id, section] of Object.entries(SECTIONS)) {
    try {
      if (ONLY_IF_ANY.includes(id)) at(id).hidden = answer[id].length === 0;
      fill(at(id), section(answer, show));
    } catch (error) {
      console.error(id, error);
      broken.push(id);
    }
  }
  return broken;
}

function showBars(broken) {
  const age = secondsBetween(answer?.observedAt, servedAt);
  const shown = bars({ silentSince, age: age > maxAge() ? age : null, broken });
  at("bars").hidden = shown.length === 0;
  at("bars").setAttribute("aria-label", t("notices"));
  fill(at("bars"), shown);
}

// Emulated machines are polled less often.
function maxAge() {
  return Math.max(STALE_AFTER_SECONDS, 4 * (answer?.history?.stepSeconds ?? 0));
}

function announce(text) {
  if (text) at("announcer").textContent = text;
}

async function logOut() {
  try {
    const response = await fetch("/logout", { method: "POST", signal: AbortSignal.timeout(5000) });
    // Never suggest a logout that did not happen.
    if (!response.ok && response.status !== 401) throw new Error(`status ${response.status}`);
    location.assign("/login");
  } catch {
    silentSince ??= new Date();
    show();
  }
}

setLanguage(storedLanguage());
show();
startPolling({
  onAnswer(next) {
    announce(changes(answer, next));
    answer = next;
    servedAt = next.servedAt;
    silentSince = null;
    show();
  },
  onUnchanged(date) {
    silentSince = null;
    // The cached answer has an old time; the Date header has the current one.
    servedAt = date ?? servedAt;
    show();
  },
  onSilence(lastAnswer) {
    if (silentSince === null) announce(t("silentConsole", { time: clock(lastAnswer) }));
    silentSince = lastAnswer;
    show();
  },
  onLoggedOut: () => location.assign("/login"),
});
