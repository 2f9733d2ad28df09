/** Files of a message: a card with the first rows of a CSV, and the whole of it over the page. */

import { decodeCsv } from "./csv.js";
import { closeDialog, openDialog } from "../dom/dialog.js";
import { h, languageOf, replace } from "../dom/dom.js";
import { size } from "../text/format.js";
import { icon } from "../dom/icons.js";
import { scrollBox } from "../blocks/tables.js";

const PREVIEW_ROWS = 5;
const PAGE_ROWS = 200;

const contents = new Map();

/** Show a file's card; a CSV shows its first rows as soon as they are read. */
export function fileCard(file, surface) {
  const isCsv = file.mimetype === "text/csv" || file.name.endsWith(".csv");
  const preview = h("div", { class: "file-preview" });
  const buttons = h("div", { class: "file-buttons" }, download(file, surface));
  const kind = isCsv ? "CSV" : (file.mimetype ?? "");
  const about = `${kind} · ${size(file.size ?? 0, surface.view.locale)}`;
  const title = file.title || file.name;
  const card = h(
    "section",
    { class: "file", "aria-label": file.name },
    h(
      "header",
      { class: "file-head" },
      h("span", { class: "file-icon" }, icon(isCsv ? "table" : "file")),
      h("span", { class: "file-names", title: file.name }, h("strong", { lang: languageOf(title) }, title), h("small", {}, about)),
      buttons,
    ),
    preview,
  );
  if (isCsv) fill(file, preview, buttons, surface);
  return card;
}

async function fill(file, preview, buttons, surface) {
  const rows = await contentOf(file).catch(() => null);
  if (!rows) {
    replace(preview, h("p", { class: "file-note" }, surface.say("file-unreadable")));
    return;
  }
  const count = Math.max(0, rows.length - 1);
  const open = () => openWhole(file, rows, surface);
  const all = h("button", { type: "button", class: "link", onclick: open }, surface.say("show-all-rows", { count: surface.number(count) }));
  replace(preview, scrollBox(surface.say("preview"), sheet(rows.slice(0, PREVIEW_ROWS + 1))), h("p", { class: "file-note" }, all));
  buttons.prepend(h("button", { type: "button", class: "icon-button", "aria-label": surface.say("preview-of", { name: file.name }), onclick: open }, icon("expand")));
}

/** Read a file once, whichever messages show it. */
function contentOf(file) {
  if (!contents.has(file.id)) contents.set(file.id, read(file.url));
  contents.get(file.id).catch(() => contents.delete(file.id));
  return contents.get(file.id);
}

async function read(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return decodeCsv(await response.arrayBuffer());
}

function download(file, surface) {
  const label = surface.say("download", { name: file.name });
  return h("a", { class: "icon-button", href: file.url, download: file.name, "aria-label": label, title: label }, icon("download"));
}

/** The whole file; long ones grow by a page of rows at a time. */
function openWhole(file, rows, surface) {
  const [head, ...all] = rows;
  const table = sheet([head, ...all.slice(0, PAGE_ROWS)]);
  const more = h("button", { type: "button", class: "button small", onclick: () => grow() });
  let shown = Math.min(PAGE_ROWS, all.length);
  const label = () => {
    more.hidden = shown >= all.length;
    more.textContent = surface.say("more-rows", { count: surface.number(all.length - shown) });
  };
  const grow = () => {
    table.tBodies[0].append(...all.slice(shown, shown + PAGE_ROWS).map((row, at) => sheetRow(row, shown + at + 1)));
    shown = Math.min(shown + PAGE_ROWS, all.length);
    label();
  };
  label();
  const dialog = openDialog({
    title: file.name,
    body: h("div", { class: "dialog-body sheet-body" }, scrollBox(file.name, table), more),
    footer: h("footer", { class: "dialog-foot" }, h("span", { class: "grow" }, surface.say("rows", { count: surface.number(all.length) })), h("a", { class: "button primary", href: file.url, download: file.name }, surface.say("download-short"))),
    className: "sheet-dialog",
    say: surface.say,
    oncancel: () => closeDialog(dialog),
  });
}

function sheet([head = [], ...rows]) {
  const heads = head.map((cell) => h("th", { scope: "col", lang: languageOf(cell) }, cell));
  return h(
    "table",
    { class: "sheet" },
    h("thead", {}, h("tr", {}, h("td", {}), ...heads)),
    h("tbody", {}, ...rows.map((row, at) => sheetRow(row, at + 1))),
  );
}

function sheetRow(row, number) {
  return h("tr", {}, h("th", { scope: "row" }, String(number)), ...row.map((cell) => h("td", {}, cell)));
}
