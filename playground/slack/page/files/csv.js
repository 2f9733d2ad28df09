/** RFC 4180: quoted cells hold commas, line breaks and doubled quotes. */

/** Bytes to rows of cells; a byte order mark is no part of the first cell. */
export function decodeCsv(bytes) {
  return parseCsv(new TextDecoder("utf-8").decode(bytes));
}

/** Text to rows of cells. The line break at the end makes no row of its own. */
export function parseCsv(text) {
  const rows = [];
  let row = [];
  let at = 0;
  while (at < text.length) {
    const [cell, end] = text[at] === '"' ? quoted(text, at) : bare(text, at);
    row.push(cell);
    at = end;
    if (text[at] === ",") {
      at += 1;
      if (at < text.length) continue;
      row.push("");
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    rows.push(row);
    row = [];
  }
  return rows;
}

function bare(text, from) {
  let end = from;
  while (end < text.length && !",\r\n".includes(text[end])) end += 1;
  return [text.slice(from, end), end];
}

/** A cell in quotes; what stands between its closing quote and the next comma belongs to it, as in Excel. */
function quoted(text, from) {
  let cell = "";
  let at = from + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return [cell + text.slice(at), text.length];
    cell += text.slice(at, close);
    at = close + 1;
    if (text[at] !== '"') break;
    cell += '"';
    at += 1;
  }
  const [rest, end] = bare(text, at);
  return [cell + rest, end];
}
