/** The few :shortcodes: that a security bot and its readers use; any other stays as it was typed. */

const EMOJI = {
  "+1": "👍", "-1": "👎", bell: "🔔", bug: "🐛", calendar: "📅", chart_with_upwards_trend: "📈", clipboard: "📋",
  cloud: "☁️", eyes: "👀", fire: "🔥", gear: "⚙️", heart: "❤️", heavy_check_mark: "✔️", hourglass: "⌛",
  information_source: "ℹ️", key: "🔑", large_blue_circle: "🔵", large_green_circle: "🟢",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", link: "🔗", lock: "🔒", mag: "🔍", memo: "📝",
  no_entry: "⛔", package: "📦", page_facing_up: "📄", paperclip: "📎", pray: "🙏", question: "❓",
  red_circle: "🔴", robot_face: "🤖", rocket: "🚀", rotating_light: "🚨", shield: "🛡️", smile: "😄",
  sparkles: "✨", tada: "🎉", thumbsup: "👍", warning: "⚠️", wave: "👋", white_check_mark: "✅",
  white_circle: "⚪", wrench: "🔧", x: "❌", zap: "⚡",
};

/** The emoji of a name without its colons, or undefined. */
export function emoji(name) {
  return Object.hasOwn(EMOJI, name) ? EMOJI[name] : undefined;
}

/** Replace the shortcodes in a plain text. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);
}
