/**
 * Slack's mrkdwn as nodes.
 *
 * Source: https://docs.slack.dev/messaging/formatting-message-text. `&`, `<` and `>` arrive as entities, so
 * that a bare `<` always begins a link, a mention or a date.
 */

import { h } from "../dom/dom.js";
import { emoji } from "./emoji.js";
import { dateToken, fullMoment } from "./format.js";
import { isSafe, link } from "./links.js";

const FENCE = /```\n?([\s\S]*?)\n?```/g;
const QUOTE = /^&gt; ?/;
const START = /[`<*_~:@]|https?:\/\//g;
const AS_TEXT = { addresses: true, words: false };
const VERBATIM = { addresses: false, words: false };
const PARSED = { addresses: true, words: true };
const WORD = /[\p{L}\p{N}]/u;
const STYLES = { "*": "strong", _: "em", "~": "s" };

/**
 * Show a text object of a block: unless it is verbatim, Slack makes mentions and links of plain words in it.
 *
 * Source: https://docs.slack.dev/reference/block-kit/composition-objects/text-object.
 */
export function mrkdwnObject(object, view) {
  return mrkdwn(object.text, { ...view, parse: object.verbatim ? VERBATIM : PARSED });
}

/** Show a message's own text; `view` has `name(userId)`, `channel(id)`, `group(id)`, `go(channelId)`, `me` and `locale`. */
export function mrkdwn(text, view) {
  const out = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    out.append(...lines(text.slice(from, match.index).replace(/\n$/, ""), view));
    out.append(h("pre", { class: "code-block" }, decode(match[1])));
    from = match.index + match[0].length;
  }
  out.append(...lines(text.slice(from).replace(from ? /^\n/ : "", ""), view));
  return out;
}

/** Undo the three entities that Slack escapes. */
export function decode(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

/** A mention of a person. */
export function mention(id, view) {
  const mine = id === view.me ? " mention-me" : "";
  return h("span", { class: `mention${mine}`, "data-user": id }, `@${view.name(id)}`);
}

/** A mention of a user group, marked if the reader is in it. */
export function groupMention(id, label, view) {
  const group = view.group(id);
  const mine = group?.has_me ? " mention-me" : "";
  return h("span", { class: `mention${mine}` }, group ? `@${group.handle}` : label || id);
}

/** A link to a channel, if the workspace has it. */
export function channelLink(id, label, view) {
  const channel = view.channel(id);
  if (!channel) return h("span", { class: "mention" }, `#${label || id}`);
  return h("button", { type: "button", class: "link mention", onclick: () => view.go(id) }, `#${channel.name}`);
}

/** A moment in the reader's own words and time zone. */
export function dateNode(seconds, format, fallback, view) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  const props = { datetime: date.toISOString(), title: fullMoment(date, view.locale) };
  return h("time", props, dateToken(seconds, format, view.locale));
}

/** Quoted lines stand in a block of their own, the rest flows with its line breaks. */
function lines(text, view) {
  const nodes = [];
  let run = [];
  let quoted = false;
  const flush = () => {
    if (!run.length) return;
    const content = inline(run.join("\n"), view);
    nodes.push(...(quoted ? [h("blockquote", {}, ...content)] : content));
    run = [];
  };
  for (const line of text ? text.split("\n") : []) {
    if (QUOTE.test(line) !== quoted) {
      flush();
      quoted = !quoted;
    }
    run.push(quoted ? line.replace(QUOTE, "") : line);
  }
  flush();
  return nodes;
}

function inline(text, view) {
  const nodes = [];
  let from = 0;
  START.lastIndex = 0;
  for (let start = next(text, 0); start; start = next(text, start.index)) {
    const found = token(text, start.index, view);
    if (!found) {
      start.index += 1;
      continue;
    }
    if (start.index > from) nodes.push(decode(text.slice(from, start.index)));
    nodes.push(found.node);
    from = found.end;
    start.index = found.end;
  }
  if (from < text.length) nodes.push(decode(text.slice(from)));
  return nodes;
}

function next(text, from) {
  START.lastIndex = from;
  return START.exec(text);
}

/** Read one piece of markup that begins at a place, or null where the character means itself. */
function token(text, at, view) {
  const rest = text.slice(at);
  const sign = text[at];
  if (sign === "`") return read(rest, at, /^`([^`\n]+)`/, ([, code]) => h("code", {}, decode(code)));
  if (sign === "<") return read(rest, at, /^<([^<>\n]+)>/, ([whole, inner]) => angle(whole, inner, view));
  if (sign === ":") return read(rest, at, /^:([a-z0-9_+-]+):/, ([, name]) => emoji(name));
  const parse = view.parse ?? AS_TEXT;
  if (sign === "@") return parse.words ? read(rest, at, /^@(here|channel|everyone)(?![\p{L}\p{N}])/u, ([, name]) => special(name, "", view)) : null;
  if (sign === "h" && !parse.addresses) return null;
  if (sign === "h") return read(rest, at, /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?"')\]」』）。、]/u, ([url]) => address(url));
  if (at > 0 && WORD.test(text[at - 1])) return null;
  return read(rest, at, styled(sign), ([, inner]) => h(STYLES[sign], {}, ...inline(inner, view)));
}

function styled(sign) {
  const mark = sign === "*" ? "\\*" : sign;
  return new RegExp(`^${mark}(?!\\s)([^${mark}\\n]+)(?<!\\s)${mark}(?![\\p{L}\\p{N}])`, "u");
}

function read(rest, at, pattern, make) {
  const match = pattern.exec(rest);
  const node = match && make(match);
  return node ? { node, end: at + match[0].length } : null;
}

function address(url) {
  const plain = decode(url);
  return isSafe(plain) ? link(plain, plain) : plain;
}

/** What stands between < and >: a person, a channel, a command such as !date, or a link. */
function angle(whole, inner, view) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : decode(inner.slice(bar + 1));
  if (target.startsWith("@")) return mention(target.slice(1), view);
  if (target.startsWith("#")) return channelLink(target.slice(1), label, view);
  if (target.startsWith("!")) return special(target.slice(1), label, view);
  const url = decode(target);
  return isSafe(url) ? link(url, label || url.replace(/^mailto:/, "")) : decode(whole);
}

function special(command, label, view) {
  const [name, first, format] = command.split("^");
  if (name === "date" && format) return dateNode(Number(first), format, label, view);
  if (name === "subteam") return groupMention(first, label, view);
  return h("span", { class: "mention mention-me" }, `@${name}`);
}
