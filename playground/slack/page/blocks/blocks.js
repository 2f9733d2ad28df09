/**
 * Blocks as nodes, for messages, modals and the Home tab.
 *
 * Source: https://docs.slack.dev/reference/block-kit/blocks.
 */

import { chart } from "./chart.js";
import { h, languageOf, newId } from "../dom/dom.js";
import { element, image, unsupported } from "./elements.js";
import { withEmoji } from "../text/emoji.js";
import { markdown } from "../text/markdown.js";
import { richText } from "../text/richtext.js";
import { dataTable, table } from "./tables.js";

const BLOCKS = {
  header: (block) => h("h3", { class: "block-header", lang: languageOf(block.text.text) }, withEmoji(block.text.text)),
  section,
  divider: () => h("hr", { class: "block-divider" }),
  context,
  actions: (block, { surface }) => h("div", { class: "block-actions" }, ...block.elements.map((one) => element(slotOf(block, one, surface)))),
  image: picture,
  input,
  table,
  data_table: dataTable,
  data_visualization: chart,
  rich_text: (block, { surface }) => richText(block, surface.view),
  markdown: (block) => markdown(block.text),
};

/** Show a list of blocks on a surface. */
export function blocks(list, surface) {
  return h("div", { class: "blocks" }, ...list.map((block) => oneBlock(block, surface)));
}

/** A block that this page does not know, or whose content is not as it should be, is a box that says so. */
function oneBlock(block, surface) {
  const node = shown(block, surface) ?? unsupported(block.type, surface);
  return h("div", { class: `block block-type-${block.type}`, "data-block-id": block.block_id ?? null }, node);
}

function shown(block, surface) {
  try {
    return BLOCKS[block.type]?.(block, { surface });
  } catch (error) {
    console.warn(`A ${block.type} block could not be shown`, error);
    return null;
  }
}

function slotOf(block, one, surface, more = {}) {
  return { block, element: one, surface, id: newId("element"), ...more };
}

function section(block, { surface }) {
  const fields = block.fields?.map((field) => h("div", { class: "field-text" }, surface.text(field)));
  const text = h(
    "div",
    { class: "section-text", lang: languageOf(block.text?.text ?? "") },
    block.text && h("div", {}, surface.text(block.text)),
    fields?.length && h("div", { class: "fields" }, ...fields),
  );
  const { accessory } = block;
  if (!accessory) return h("div", { class: "block-section" }, text);
  return h("div", { class: "block-section" }, text, h("div", { class: "accessory" }, element(slotOf(block, accessory, surface))));
}

function context(block, { surface }) {
  const parts = block.elements.map((part) =>
    part.type === "image" ? image({ element: part, surface }) : h("span", {}, surface.text(part)),
  );
  return h("div", { class: "block-context" }, ...parts);
}

function picture(block, { surface }) {
  const title = block.title && h("figcaption", {}, withEmoji(block.title.text));
  return h("figure", { class: "block-image" }, title, image({ element: block, surface }));
}

/** An input with its label, its hint and room for what is wrong with it. */
function input(block, { surface }) {
  const [id, labelId, hintId, errorId] = ["input", "label", "hint", "error"].map(newId);
  const describedBy = [block.hint && hintId, errorId].filter(Boolean).join(" ");
  const optional = block.optional && h("span", { class: "optional" }, surface.say("optional"));
  const slot = slotOf(block, block.element, surface, { id, labelId, describedBy });
  return h(
    "div",
    { class: "block-input" },
    h("label", { id: labelId, for: id }, withEmoji(block.label.text), optional && " ", optional),
    element(slot),
    block.hint && h("p", { class: "hint", id: hintId }, withEmoji(block.hint.text)),
    h("p", { class: "input-error", id: errorId, role: "alert", hidden: true }),
  );
}
