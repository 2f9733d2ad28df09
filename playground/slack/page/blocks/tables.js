/**
 * table and data_table blocks.
 *
 * Source: https://docs.slack.dev/reference/block-kit/blocks/table-block and .../data-table-block. The first row
 * is the header of both.
 */

import { h, replace } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { richText } from "../text/richtext.js";

const ALIGNMENTS = new Set(["left", "center", "right"]);
const PAGE_SIZE = 5;

/** A box that a wide table scrolls sideways in; a keyboard reaches it by Tab. */
export function scrollBox(label, table) {
  return h("div", { class: "table-box", role: "region", "aria-label": label, tabindex: "0" }, table);
}

/** Show a table block. */
export function table(block, { surface }) {
  const [head = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const node = h(
    "table",
    { class: "block-table" },
    h("thead", {}, h("tr", {}, ...head.map((cell, at) => h("th", cellProps(settings[at], cell, "col"), content(cell, surface))))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, at) => h("td", cellProps(settings[at], cell), content(cell, surface)))))),
  );
  return scrollBox(surface.say("table"), node);
}

/** Show a data_table block: sorted by a click on a column, a page of rows at a time. */
export function dataTable(block, { surface }) {
  const [head = [], ...rows] = block.rows ?? [];
  const state = { page: 0, column: null, down: false };
  const size = block.page_size ?? PAGE_SIZE;
  const body = h("tbody", {});
  const pager = h("div", { class: "pager" });
  const heads = head.map((cell, at) => {
    const sort = h("button", { type: "button", class: "sort", onclick: () => sortBy(at) }, content(cell, surface));
    return h("th", { scope: "col", "aria-sort": "none" }, sort);
  });
  const sortBy = (at) => {
    state.down = state.column === at && !state.down;
    Object.assign(state, { column: at, page: 0 });
    heads.forEach((th, n) => th.setAttribute("aria-sort", n !== at ? "none" : state.down ? "descending" : "ascending"));
    show();
  };
  const show = () => {
    const sorted = state.column === null ? rows : [...rows].sort(order(state));
    const shown = sorted.slice(state.page * size, (state.page + 1) * size);
    replace(body, ...shown.map((row) => dataRow(row, block.row_header_column_index ?? 0, surface)));
    replace(pager, ...pages(state, Math.ceil(rows.length / size), surface, show));
  };
  show();
  const node = h("table", { class: "block-table" }, h("caption", {}, block.caption ?? ""), h("thead", {}, h("tr", {}, ...heads)), body);
  return h("div", {}, scrollBox(block.caption || surface.say("table"), node), pager);
}

function dataRow(row, headAt, surface) {
  const cells = row.map((cell, at) => {
    const props = cellProps(undefined, cell, at === headAt ? "row" : null);
    return h(at === headAt ? "th" : "td", props, content(cell, surface));
  });
  return h("tr", {}, ...cells);
}

function pages(state, count, surface, show) {
  if (count < 2) return [];
  const turn = (by) => () => {
    state.page += by;
    show();
  };
  const button = (label, by, at) =>
    h("button", { type: "button", class: "button small", disabled: at, onclick: turn(by) }, surface.say(label));
  return [
    button("previous", -1, state.page === 0),
    h("span", {}, `${state.page + 1} / ${count}`),
    button("next", 1, state.page === count - 1),
  ];
}

function order({ column, down }) {
  const sign = down ? -1 : 1;
  return (a, b) => {
    const [x, y] = [sortKey(a[column]), sortKey(b[column])];
    const by = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    return sign * by;
  };
}

function sortKey(cell) {
  if (cell?.type === "rich_text") return words(cell);
  return cell?.type === "raw_number" ? cell.value : (cell?.text ?? "");
}

/** The text of a rich_text cell, without its styles. */
function words(part) {
  return part.text ?? (part.elements ?? []).map(words).join("");
}

function cellProps(setting, cell, scope = null) {
  const align = ALIGNMENTS.has(setting?.align) ? setting.align : cell?.type === "raw_number" ? "right" : "left";
  return { scope, class: `align-${align} ${setting?.is_wrapped ? "wrapped" : "unwrapped"}` };
}

function content(cell, surface) {
  if (cell?.type === "raw_text" || cell?.type === "raw_number") return cell.text ?? String(cell.value ?? "");
  if (cell?.type === "rich_text") return richText(cell, surface.view);
  return h("span", { class: "unsupported" }, icon("warning"), cell?.type ?? "?");
}
