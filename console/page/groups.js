import { number } from "./format.js";
import { LongTable, table, title } from "./tables.js";
import { t } from "./texts.js";
import { h } from "./tree.js";

const long = new LongTable({ id: "consumerGroups", sortKeys: { lag: (group) => group.lag ?? -1 } });

export function consumerGroupsSection({ consumerGroups, consumerGroupsLeftOut }, rerender) {
  const selection = long.select(consumerGroups);
  return [
    title("consumerGroups", long.countLine(selection, consumerGroups.length)),
    h("div", { key: "tools", class: "tools" }, long.filterBox(t("filterGroups"), rerender)),
    selection.shown.length === 0
      ? h("p", { key: "none", class: "muted" }, t(consumerGroups.length ? "noMatch" : "noGroups"))
      : table({
        label: t("consumerGroups"),
        name: "groups-table",
        columns: [{ name: "name", title: t("name"), sort: true }, { name: "clients", title: t("clients") },
          { name: "lag", title: t("lag"), sort: true }, { name: "topics", title: t("perTopic") }],
        order: long.order,
        onSort: (by) => {
          long.sort(by);
          rerender();
        },
        rows: selection.shown.map(groupRow),
      }),
    long.restLines(selection, consumerGroupsLeftOut),
  ];
}

function groupRow(group) {
  const isStuck = group.lag > 0 && group.clients === 0;
  return {
    key: group.name,
    class: "",
    cells: {
      name: h("span", { class: "name" }, group.name),
      clients: number(group.clients),
      lag: [h("span", { class: isStuck ? "short" : "" }, number(group.lag)), isStuck && h("span", { key: "stuck", class: "badge warn" }, t("noClient"))],
      topics: group.topics.length === 0 ? "—" : h("details", null,
        h("summary", null, t("topicCount", { value: number(group.topics.length) }), h("span", { class: "unseen" }, ` ${group.name}`)),
        h("dl", { class: "lags" }, group.topics.map(({ topic, lag }) =>
          h("div", { key: topic }, h("dt", null, topic), h("dd", null, number(lag)))))),
    },
  };
}
