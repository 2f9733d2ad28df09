/**
 * The markdown block: headings, lists, quotes, code, rules, emphasis and links; the rest stays text.
 *
 * Source: https://docs.slack.dev/reference/block-kit/blocks/markdown-block.
 */

import { h } from "../dom/dom.js";
import { isSafe, link } from "./links.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|~~([^~]+)~~|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^()\s]+)\)/;

const LINES = [
  [/^(#{1,6})\s+(.*)$/, ([, marks, text]) => h(`h${Math.min(marks.length + 2, 6)}`, {}, ...inline(text))],
  [/^(?:-{3,}|\*{3,}|_{3,})$/, () => h("hr", {})],
];
const RUNS = [
  [/^\s*[-*+]\s+(.*)$/, (items) => h("ul", {}, ...listItems(items))],
  [/^\s*\d+[.)]\s+(.*)$/, (items) => h("ol", {}, ...listItems(items))],
  [/^>\s?(.*)$/, (items) => h("blockquote", {}, ...inline(items.join("\n")))],
];

/** Show a markdown text. */
export function markdown(text) {
  const body = h("div", { class: "markdown" });
  const parts = text.split(/^```[^\n]*\n([\s\S]*?)\n?^```[ \t]*$/m);
  parts.forEach((part, index) => {
    if (index % 2) body.append(h("pre", { class: "code-block" }, part));
    else body.append(...prose(part.split("\n")));
  });
  return body;
}

function prose(lines) {
  const nodes = [];
  let rest = lines;
  while (rest.length) {
    const [node, count] = oneLine(rest) ?? run(rest) ?? paragraph(rest);
    if (node) nodes.push(node);
    rest = rest.slice(count);
  }
  return nodes;
}

function oneLine([line]) {
  if (!line.trim()) return [null, 1];
  for (const [pattern, make] of LINES) {
    const match = pattern.exec(line);
    if (match) return [make(match), 1];
  }
  return null;
}

function run(lines) {
  for (const [pattern, make] of RUNS) {
    const end = lines.findIndex((line) => !pattern.test(line));
    const count = end < 0 ? lines.length : end;
    if (count) return [make(lines.slice(0, count).map((line) => pattern.exec(line)[1])), count];
  }
  return null;
}

function paragraph(lines) {
  let count = 1;
  while (count < lines.length && !oneLine(lines.slice(count)) && !run(lines.slice(count))) count += 1;
  return [h("p", {}, ...inline(lines.slice(0, count).join("\n"))), count];
}

function listItems(items) {
  return items.map((item) => h("li", {}, ...inline(item)));
}

function inline(text) {
  const nodes = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    nodes.push(rest.slice(0, match.index), piece(match));
    rest = rest.slice(match.index + match[0].length);
  }
  return [...nodes, rest];
}

function piece([whole, code, bold, bold2, strike, italic, label, url]) {
  if (code) return h("code", {}, code);
  if (bold ?? bold2) return h("strong", {}, ...inline(bold ?? bold2));
  if (strike) return h("s", {}, ...inline(strike));
  if (italic) return h("em", {}, ...inline(italic));
  return isSafe(url) ? link(url, label) : whole;
}
