/** Times, numbers and sizes as the acting person's locale writes them, in the browser's time zone. */

const STYLES = {
  date_num: null,
  date: { dateStyle: "long" },
  date_short: { dateStyle: "medium" },
  date_long: { dateStyle: "full" },
  time: { timeStyle: "short" },
  time_secs: { timeStyle: "medium" },
};
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** The moment of a message: "1234567890.000100" to a Date. */
export function moment(ts) {
  return new Date(Number(ts) * 1000);
}

/** Hours and minutes. */
export function clock(date, locale) {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(date);
}

/** Hours, minutes, seconds and milliseconds, as logs have them. */
export function preciseClock(date) {
  return `${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Date and time in full, for tooltips. */
export function fullMoment(date, locale) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" }).format(date);
}

/** The day a message belongs to, as a string that sorts. */
export function dayOf(date) {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The line between two days. */
export function dayName(date, locale, now = new Date()) {
  const days = Math.round((midnight(date) - midnight(now)) / 86400000);
  if (days === 0 || days === -1) {
    const text = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  return new Intl.DateTimeFormat(locale, { weekday: "long", month: "long", day: "numeric" }).format(date);
}

/**
 * Fill in the format of a date token, such as "{date_num} {time}".
 *
 * Source: https://docs.slack.dev/messaging/formatting-message-text, "Date formatting".
 */
export function dateToken(seconds, format, locale) {
  const date = new Date(seconds * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === "ago") return ago(seconds, locale);
    const plain = name.replace(/_pretty$/, "");
    if (plain === "date_num") return dayOf(date);
    return plain in STYLES ? new Intl.DateTimeFormat(locale, STYLES[plain]).format(date) : whole;
  });
}

/** A number with its separators. */
export function number(value, locale) {
  return new Intl.NumberFormat(locale).format(value);
}

/** Bytes as B, KB or MB. */
export function size(bytes, locale) {
  if (bytes < 1024) return `${number(bytes, locale)} B`;
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KB"] : [bytes / 1048576, "MB"];
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${unit}`;
}

/** A language in its own words, such as 日本語. */
export function languageName(locale) {
  const options = { type: "language", languageDisplay: "standard", style: "short" };
  return new Intl.DisplayNames([locale], options).of(locale);
}

function ago(seconds, locale) {
  const passed = Math.round(Date.now() / 1000 - seconds);
  const [unit, length] = UNITS.find(([, l]) => Math.abs(passed) >= l) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(locale).format(-Math.round(passed / length), unit);
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function two(value) {
  return String(value).padStart(2, "0");
}
