import { number } from "./format.js";
import { LongTable, table, title } from "./tables.js";
import { t, word } from "./texts.js";
import { h } from "./tree.js";

const long = new LongTable({ id: "topics", sortKeys: { queues: (topic) => topic.readQueues + topic.writeQueues } });
let showInternal = false;

export function topicsSection({ topics, topicsLeftOut }, rerender) {
  const internal = topics.filter((topic) => topic.kind !== "normal").length;
  const offered = showInternal ? topics : topics.filter((topic) => topic.kind === "normal");
  const selection = long.select(offered);
  return [
    title("topics", long.countLine(selection, topics.length)),
    h("div", { key: "tools", class: "tools" },
      long.filterBox(t("filterTopics"), rerender),
      h("label", { key: "internal" }, h("input", {
        type: "checkbox", onchange: (event) => {
          showInternal = event.target.checked;
          rerender();
        },
      }), " ", t("showInternal", { hidden: number(internal) }))),
    selection.shown.length === 0
      ? h("p", { key: "none", class: "muted" }, t(topics.length ? "noMatch" : "noTopics"))
      : table({
        label: t("topics"),
        name: "topics-table",
        columns: [{ name: "name", title: t("name"), sort: true }, { name: "kind", title: t("kind") },
          { name: "queues", title: t("queues"), sort: true }, { name: "route", title: t("route") }],
        order: long.order,
        onSort: (by) => {
          long.sort(by);
          rerender();
        },
        rows: selection.shown.map(topicRow),
      }),
    long.restLines(selection, topicsLeftOut),
  ];
}

function topicRow(topic) {
  return {
    key: topic.name,
    class: "",
    cells: {
      name: h("span", { class: "name" }, topic.name),
      kind: word(topic.kind),
      queues: `${number(topic.readQueues)} / ${number(topic.writeQueues)}`,
      route: h("span", { class: "chips" }, topic.route.map((part) => h("span", { key: part.group, class: part.permission === "RW" ? "chip" : "chip warn" },
        `${part.group} ${part.readQueues}/${part.writeQueues} ${part.permission}`))),
    },
  };
}
