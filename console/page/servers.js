// Name servers, controllers and proxies: up or not, without rates.
import { stateMark } from "./icons.js";
import { title } from "./tables.js";
import { causeText, t } from "./texts.js";
import { h } from "./tree.js";

export function nameServersSection({ nameServers }) {
  return serversSection("nameServers", nameServers, ({ listed, planned, state }) => {
    if (listed === null || state !== "up") return null;
    return h("span", { key: "listed", class: listed < planned ? "short" : "muted" }, t("listsBrokers", { listed, planned }));
  });
}

export function controllersSection({ controllers }) {
  return serversSection("controllers", controllers, ({ leader }) => leader && h("span", { key: "leader", class: "badge plain" }, t("leader")));
}

export function proxiesSection({ proxies }) {
  return serversSection("proxies", proxies, () => null);
}

function serversSection(id, servers, beside) {
  return [
    title(id),
    servers.length === 0
      ? h("p", { class: "muted" }, t("none"))
      : h("ul", { class: "servers" }, servers.map((server) => h("li", { key: server.name, class: server.state === "up" ? "server" : "server missing" },
        h("div", { class: "server-head" }, h("span", { class: "name" }, server.name), stateMark(server.state)),
        h("div", { class: "small muted" }, server.host, " ", h("span", { class: "mono" }, server.address)),
        h("div", { class: "small" }, beside(server), server.cause && h("span", { key: "cause", class: "short" }, causeText(server.cause)))))),
  ];
}
