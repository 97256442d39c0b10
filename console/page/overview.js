// The key numbers; each links to its section.
import { number, perSecond } from "./format.js";
import { t } from "./texts.js";
import { h } from "./tree.js";

export function overview({ problems, brokers, nameServers, topics, consumerGroups, verification }) {
  const planned = brokers.filter((broker) => broker.planned);
  const up = planned.filter((broker) => broker.state === "up").length;
  const serving = nameServers.filter((server) => server.state === "up").length;
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const lag = consumerGroups.reduce((sum, group) => sum + (group.lag ?? 0), 0);
  const isStuck = consumerGroups.some((group) => group.lag > 0 && group.clients === 0);
  const passed = verification.filter((host) => host.isOk).length;
  return h("ul", { class: "tiles" },
    tile("problems", number(problems.length), errors ? "bad" : problems.length ? "warn" : ""),
    tile("brokers", `${up} / ${planned.length}`, up < planned.length ? "bad" : ""),
    tile("brokers", sum(brokers, "inPerSecond"), "", "inTotal"),
    tile("brokers", sum(brokers, "outPerSecond"), "", "outTotal"),
    tile("nameServers", `${serving} / ${nameServers.length}`, serving < nameServers.length ? "bad" : ""),
    tile("topics", number(topics.filter((topic) => topic.kind === "normal").length), ""),
    tile("consumerGroups", number(lag), isStuck ? "warn" : "", "consumerLag"),
    tile("verification", verification.length ? `${passed} / ${verification.length}` : "—", passed < verification.length ? "bad" : ""));
}

function sum(brokers, name) {
  const known = brokers.map((broker) => broker[name]).filter((value) => Number.isFinite(value));
  return known.length ? perSecond(known.reduce((total, value) => total + value, 0)) : "—";
}

function tile(section, value, tone, label = section) {
  return h("li", { key: label }, h("a", { class: `tile ${tone}`, href: `#${section}` },
    h("span", { class: "tile-label" }, t(label)), h("span", { class: "tile-value" }, value)));
}
