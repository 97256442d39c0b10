// Tables that become stacked cards on phones; two of them can be filtered and sorted.
import { number } from "./format.js";
import { t } from "./texts.js";
import { h } from "./tree.js";

const MAX_ROWS = 200;

// columns: [{name, title, sort?}], rows: [{key, class, cells: {name: content}}]; the first column heads its row.
// The roles are explicit because some browsers drop them from tables that are laid out as cards.
export function table({ label, name, columns, rows, order, onSort }) {
  return h("table", { class: `table ${name}`, role: "table", "aria-label": label },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) => heading(column, order, onSort)))),
    h("tbody", { role: "rowgroup" }, rows.map((row) => h("tr", { key: row.key, class: row.class, role: "row" },
      columns.map((column, index) => (index === 0
        ? h("th", { key: column.name, class: `col-${column.name}`, scope: "row", role: "rowheader" }, row.cells[column.name])
        : h("td", { key: column.name, class: `col-${column.name}`, role: "cell", "data-label": column.title }, row.cells[column.name])))))));
}

function heading(column, order, onSort) {
  const isSorted = order?.by === column.name;
  const direction = isSorted ? (order.isDescending ? "descending" : "ascending") : "none";
  return h("th", { key: column.name, class: `col-${column.name}`, scope: "col", role: "columnheader", title: column.hint, "aria-sort": column.sort ? direction : null },
    column.sort
      ? h("button", { type: "button", class: "sort", onclick: () => onSort(column.name) }, column.title,
        h("span", { class: "arrow", "aria-hidden": "true" }, isSorted ? (order.isDescending ? "▼" : "▲") : "↕"))
      : column.title);
}

const collator = new Intl.Collator("en", { numeric: true });

// The user's filter and order of one long table, kept from one answer to the next.
export class LongTable {
  constructor({ id, sortKeys }) {
    this.id = id;
    this.sortKeys = sortKeys;
    this.filter = "";
    this.order = { by: "name", isDescending: false };
  }

  sort(by) {
    const isSame = this.order.by === by;
    // Numbers start with the largest, names with the first.
    this.order = { by, isDescending: isSame ? !this.order.isDescending : by !== "name" };
  }

  select(items) {
    const wanted = this.filter.trim().toLowerCase();
    const matching = items.filter((item) => item.name.toLowerCase().includes(wanted));
    const sign = this.order.isDescending ? -1 : 1;
    const key = this.sortKeys[this.order.by];
    matching.sort((one, other) => (key ? sign * (key(one) - key(other)) : 0) || (key ? 1 : sign) * collator.compare(one.name, other.name));
    return { matching, shown: matching.slice(0, MAX_ROWS) };
  }

  filterBox(label, rerender) {
    return h("input", {
      key: "filter", class: "filter", type: "search", id: `${this.id}-filter`, "aria-label": label, placeholder: label,
      autocomplete: "off", spellcheck: "false", oninput: (event) => {
        this.filter = event.target.value;
        rerender();
      },
    });
  }

  countLine(selection, all) {
    return h("span", { class: "muted", key: "count" }, t("counted", { shown: number(selection.matching.length), all: number(all) }));
  }

  restLines(selection, leftOut) {
    const rest = selection.matching.length - selection.shown.length;
    return [
      rest > 0 && h("p", { key: "more", class: "muted" }, t("more", { count: number(rest) })),
      leftOut > 0 && h("p", { key: "leftOut", class: "muted" }, t("leftOut", { count: number(leftOut) })),
    ];
  }
}

export function title(id, ...beside) {
  return h("div", { class: "section-head", key: "head" }, h("h2", { id: `${id}-title` }, t(id)), beside);
}
