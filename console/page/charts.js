import { number, percent, perSecond, UNKNOWN } from "./format.js";
import { t } from "./texts.js";
import { h, svg } from "./tree.js";

const POINTS = 150, HEIGHT = 22;

// One scale for all lines of the page, so that brokers can be compared.
export function scaleOf(history) {
  let highest = 1;
  for (const { in: arriving, out: leaving } of Object.values(history?.brokers ?? {})) {
    for (const value of [...(arriving ?? []), ...(leaving ?? [])]) if (value > highest) highest = value;
  }
  return highest;
}

export function sparkline(values, highest, stepSeconds, label) {
  const points = (values ?? []).slice(-POINTS);
  const known = points.filter((value) => Number.isFinite(value));
  const minutes = Math.max(1, Math.round((points.length * (stepSeconds ?? 2)) / 60));
  const title = known.length ? t("sparkline", { label, minutes: number(minutes), highest: perSecond(Math.max(...known)) }) : t("sparklineEmpty", { label });
  return svg("svg", { class: "sparkline", viewBox: `0 0 ${POINTS} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": title },
    svg("title", null, title),
    svg("path", { key: "floor", class: "sparkline-floor", d: `M0 ${HEIGHT - 1}H${POINTS}` }),
    svg("path", { key: "line", class: "sparkline-line", d: lineThrough(points, highest) }));
}

// The newest point is at the right edge; a gap in the values is a gap in the line.
function lineThrough(points, highest) {
  let path = "", isDrawing = false;
  points.forEach((value, index) => {
    if (!Number.isFinite(value)) {
      isDrawing = false;
      return;
    }
    const x = POINTS - points.length + index + 0.5;
    const y = (HEIGHT - 2 - (Math.min(value, highest) / highest) * (HEIGHT - 4)).toFixed(1);
    // The zero-length stroke shows an isolated point.
    path += isDrawing ? `L${x} ${y}` : `M${x} ${y}h0`;
    isDrawing = true;
  });
  return path;
}

export function diskMeter(used) {
  if (!Number.isFinite(used)) return UNKNOWN;
  const tone = used >= 0.9 ? "bad" : used >= 0.75 ? "warn" : "plain";
  const width = Math.round(Math.min(1, Math.max(0, used)) * 100);
  return h("span", { class: `disk ${tone}` },
    h("span", { class: "meter", role: "meter", "aria-label": t("diskUse"), "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": width },
      h("span", { class: "meter-bar", "width%": width })),
    h("span", { class: "disk-number" }, percent(used)));
}
