/** The page's own words, in English and Japanese. What the bot says is the bot's own. */

import { EN } from "./en.js";
import { JA } from "./ja.js";

/** The words of a locale: a function from a key, and what fills it in, to a text. */
export function words(locale) {
  const texts = locale.toLowerCase().startsWith("ja") ? JA : EN;
  return (key, values = {}) => {
    const text = texts[key] ?? EN[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
}
