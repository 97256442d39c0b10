import { dayAndClock, duration, number, secondsBetween } from "./format.js";
import { stateMark } from "./icons.js";
import { table, title } from "./tables.js";
import { t, word } from "./texts.js";
import { h } from "./tree.js";

export function verificationSection({ verification, servedAt }) {
  return [
    title("verification"),
    verification.length === 0
      ? h("p", { class: "muted" }, t("never"))
      : h("div", { class: "cards" }, verification.map((host) => hostCard(host, servedAt))),
  ];
}

function hostCard({ host, isOk, at, seconds, processes }, servedAt) {
  const checks = processes.flatMap((process) => process.checks);
  const failed = checks.filter((check) => !check.isOk).length;
  return h("article", { key: host, class: isOk ? "card" : "card failing" },
    h("div", { class: "card-head" }, h("h3", null, host), stateMark(isOk ? "ok" : "failed"),
      h("span", { class: "muted" }, h("time", { datetime: at }, dayAndClock(at)), " · ", t("ago", { duration: duration(secondsBetween(at, servedAt)) }),
        " · ", t("took", { seconds: number(seconds, 1) }))),
    h("details", null,
      h("summary", null, t("processSummary", { processes: processes.length, checks: checks.length, failed }), h("span", { class: "unseen" }, ` ${host}`)),
      table({
        label: `${t("verification")}: ${host}`,
        name: "verification-table",
        columns: [{ name: "process", title: t("process") }, { name: "role", title: t("role") }, { name: "address", title: t("address") }, { name: "checks", title: t("checks") }],
        rows: processes.map(processRow),
      })));
}

function processRow({ process, role, address, checks }) {
  return {
    key: process,
    class: "",
    cells: {
      process: h("span", { class: "name" }, process),
      role: role ? word(role) : "—",
      address: h("span", { class: "mono small" }, address ?? "—"),
      checks: h("ul", { class: "checks" }, checks.map((check) => h("li", { key: check.check },
        stateMark(check.isOk ? "ok" : "failed"), h("span", { class: "check-name" }, check.check),
        h("span", { class: check.isOk ? "muted" : "short" }, check.detail),
        h("span", { class: "muted check-time" }, t("milliseconds", { value: number(check.milliseconds, 1) }))))),
    },
  };
}
