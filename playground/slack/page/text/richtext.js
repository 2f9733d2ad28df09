/**
 * rich_text blocks, and the rich_text cells of tables.
 *
 * Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block.
 */

import { h } from "../dom/dom.js";
import { emoji } from "./emoji.js";
import { isSafe, link } from "./links.js";
import { channelLink, dateNode, groupMention, mention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

const INLINE = {
  text: (part) => part.text,
  link: (part) => (isSafe(part.url) ? link(part.url, part.text || part.url) : part.text || part.url),
  user: (part, view) => mention(part.user_id, view),
  channel: (part, view) => channelLink(part.channel_id, "", view),
  usergroup: (part, view) => groupMention(part.usergroup_id, "", view),
  broadcast: (part) => h("span", { class: "mention mention-me" }, `@${part.range}`),
  emoji: (part) => fromUnicode(part.unicode) ?? emoji(part.name) ?? `:${part.name}:`,
  date: (part, view) => dateNode(part.timestamp, part.format, part.fallback ?? "", view),
  color: (part) => h("code", {}, part.value),
};

/** Show a rich_text block. */
export function richText(block, view) {
  const body = h("div", { class: "rich-text" });
  let open = [];
  for (const element of block.elements ?? []) {
    if (element.type === "rich_text_list") open = addList(body, element, open, view);
    else {
      body.append(part(element, view));
      open = [];
    }
  }
  return body;
}

function part(element, view) {
  const inner = () => pieces(element.elements, view);
  if (element.type === "rich_text_preformatted") return h("pre", { class: "code-block" }, ...inner());
  if (element.type === "rich_text_quote") return h("blockquote", {}, ...inner());
  if (element.type === "rich_text_section") return h("div", { class: "rich-section" }, ...inner());
  return h("span", { class: "unsupported" }, element.type);
}

function pieces(elements, view) {
  return (elements ?? []).map((element) => styled(element, view));
}

function styled(element, view) {
  let node = INLINE[element.type]?.(element, view) ?? `[${element.type}]`;
  for (const [name, tag] of Object.entries(STYLES)) {
    if (element.style?.[name]) node = h(tag, {}, node);
  }
  return node;
}

/** A list with an indent belongs inside the last item of the list before it; `open` holds one list a level. */
function addList(body, element, open, view) {
  const level = Math.min(element.indent ?? 0, open.length);
  const items = element.elements.map((item) => h("li", {}, ...pieces(item.elements, view)));
  const ordered = element.style === "ordered";
  const list = h(ordered ? "ol" : "ul", { start: ordered && element.offset ? element.offset + 1 : null }, ...items);
  const parent = level ? (open[level - 1].lastElementChild ?? body) : body;
  parent.append(list);
  return [...open.slice(0, level), list];
}

function fromUnicode(codes) {
  if (!/^[0-9a-f]+(-[0-9a-f]+)*$/i.test(codes ?? "")) return undefined;
  const points = codes.split("-").map((code) => Number.parseInt(code, 16));
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : undefined;
}
