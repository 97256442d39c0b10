// Numbers, times and sizes for people, in the page's language.
import { currentLanguage, t } from "./texts.js";

export const UNKNOWN = "—";
const DAY = 86400, HOUR = 3600, MINUTE = 60;

function locale() {
  return currentLanguage() === "zh" ? "zh-CN" : "en-GB";
}

const formats = new Map();

// Creating a formatter costs more than using it a thousand times.
function format(kind, options) {
  const key = `${locale()} ${kind.name} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new kind(locale(), options));
  return formats.get(key);
}

export function number(value, digits = 0) {
  if (!Number.isFinite(value)) return UNKNOWN;
  return format(Intl.NumberFormat, { maximumFractionDigits: digits }).format(value);
}

export function perSecond(value) {
  return number(value, value < 10 ? 1 : 0);
}

export function percent(part) {
  return Number.isFinite(part) ? `${number(part * 100)} %` : UNKNOWN;
}

export function bytes(value) {
  if (!Number.isFinite(value)) return UNKNOWN;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value, unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${number(size, unit > 0 && size < 10 ? 1 : 0)} ${units[unit]}`;
}

// Shows the two largest units.
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= DAY) return pair(whole, DAY, "unitDays", HOUR, "unitHours");
  if (whole >= HOUR) return pair(whole, HOUR, "unitHours", MINUTE, "unitMinutes");
  if (whole >= MINUTE) return `${Math.floor(whole / MINUTE)} ${t("unitMinutes")}`;
  return `${whole} ${t("unitSeconds")}`;
}

function pair(seconds, large, largeUnit, small, smallUnit) {
  const rest = Math.floor((seconds % large) / small);
  const head = `${Math.floor(seconds / large)} ${t(largeUnit)}`;
  return rest ? `${head} ${rest} ${t(smallUnit)}` : head;
}

export function clock(time) {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  return format(Intl.DateTimeFormat, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(date);
}

export function dayAndClock(time) {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  return format(Intl.DateTimeFormat, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).format(date);
}

export function secondsBetween(earlier, later) {
  return (new Date(later ?? NaN) - new Date(earlier ?? NaN)) / 1000;
}
