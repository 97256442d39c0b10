import { diskMeter, scaleOf, sparkline } from "./charts.js";
import { bytes, duration, number, perSecond, UNKNOWN } from "./format.js";
import { stateMark } from "./icons.js";
import { table, title } from "./tables.js";
import { causeText, t, word } from "./texts.js";
import { h } from "./tree.js";

export function brokersSection({ brokers, history, nameServers }) {
  const scale = { highest: scaleOf(history), step: history?.stepSeconds, lines: history?.brokers ?? {} };
  const groups = Map.groupBy(brokers, (broker) => broker.group);
  return [
    title("brokers"),
    brokers.length === 0 && h("p", { key: "none", class: "muted" }, t("noBrokers")),
    h("div", { key: "cards", class: "cards" }, [...groups].map(([group, members]) => groupCard(group, members, scale, nameServers))),
    brokers.length > 0 && h("p", { key: "scale", class: "muted footnote" }, t("sparklineScale", { highest: perSecond(scale.highest) })),
  ];
}

function groupCard(group, members, scale, nameServers) {
  const planned = members.filter((broker) => broker.planned);
  const up = planned.filter((broker) => broker.state === "up").length;
  return h("article", { key: group, class: "card" },
    h("div", { class: "card-head" }, h("h3", null, group),
      h("span", { class: up < planned.length ? "short" : "muted" },
        planned.length ? t("upOfPlanned", { up, planned: planned.length }) : t("extra"))),
    table({
      label: `${t("brokers")}: ${group}`,
      name: "brokers-table",
      columns: [
        { name: "broker", title: t("broker") }, { name: "state", title: t("state") }, { name: "role", title: t("role") },
        { name: "id", title: t("id") }, { name: "place", title: t("place") }, { name: "run", title: t("run") },
        { name: "in", title: t("inRate"), hint: t("inLong") }, { name: "out", title: t("outRate"), hint: t("outLong") },
        { name: "lag", title: t("replicationLag") }, { name: "replicas", title: t("replicas") }, { name: "disk", title: t("disk") },
      ],
      rows: members.map((broker) => brokerRow(broker, scale, nameServers)),
    }));
}

function brokerRow(broker, scale, nameServers) {
  const isMissing = broker.planned && broker.state === "down";
  const lines = scale.lines[broker.name] ?? {};
  return {
    // Two brokers may claim one name; the address tells them apart.
    key: `${broker.name} ${broker.address}`,
    class: isMissing ? "missing" : !broker.planned ? "extra" : broker.state === "silent" ? "silent" : "",
    cells: {
      broker: [h("span", { class: "name" }, broker.name),
        isMissing && h("span", { key: "missing", class: "badge bad" }, t("missing")),
        !broker.planned && h("span", { key: "extra", class: "badge warn" }, t("extra")),
        broker.isDrained && h("span", { key: "drained", class: "badge warn" }, t("drained"))],
      state: [stateMark(broker.state), broker.cause && h("span", { key: "cause", class: "small muted" }, causeText(broker.cause))],
      role: roleCell(broker),
      id: number(broker.id),
      place: [h("span", { class: "line" }, broker.host ?? UNKNOWN), h("span", { class: "small muted mono" }, broker.address ?? UNKNOWN), listing(broker, nameServers)],
      run: [h("span", { class: "line" }, broker.version ?? UNKNOWN),
        Number.isFinite(broker.uptimeSeconds) && h("span", { key: "uptime", class: "small muted", title: broker.startedAt }, t("upSince", { duration: duration(broker.uptimeSeconds) }))],
      in: rate(broker.inPerSecond, lines.in, scale, `${broker.name}: ${t("inLong")}`),
      out: rate(broker.outPerSecond, lines.out, scale, `${broker.name}: ${t("outLong")}`),
      lag: bytes(broker.lagBytes),
      replicas: replicasCell(broker),
      disk: diskMeter(broker.diskUsed),
    },
  };
}

function roleCell({ role, plannedRole }) {
  const isByElection = plannedRole === "REPLICA" && role !== null && role !== "REPLICA";
  if (isByElection) return [h("span", { class: "line" }, word(role)), h("span", { class: "small muted" }, t("elected"))];
  if (role === null || plannedRole === null || role === plannedRole) return word(plannedRole ?? role ?? UNKNOWN);
  return [
    h("del", null, h("span", { class: "unseen" }, `${t("plannedWord")} `), word(plannedRole)), " ",
    h("strong", { class: "short" }, h("span", { class: "unseen" }, `${t("actualWord")} `), word(role)),
  ];
}

function listing({ listedBy, state }, nameServers) {
  const serving = nameServers.filter((server) => server.state === "up").length;
  if (state !== "up" || !listedBy || listedBy.length >= serving) return null;
  return h("span", { key: "listing", class: "small short" }, t("listedByFew", { listed: listedBy.length, all: serving }));
}

function rate(value, line, scale, label) {
  return h("span", { class: "rate" }, h("span", { class: "rate-number" }, perSecond(value)), sparkline(line, scale.highest, scale.step, label));
}

function replicasCell({ replicasConnected: connected, replicasPlanned: planned }) {
  if (!Number.isFinite(planned) || (planned === 0 && !connected)) return UNKNOWN;
  const text = `${connected ?? "?"}/${planned}`;
  return connected < planned ? h("strong", { class: "badge bad" }, text) : text;
}
