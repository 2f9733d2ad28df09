/** RFC 4180: quoted cells hold commas, line breaks and doubled quotes. */

/** Bytes to rows of cells; a byte order mark says how they are written, and is no part of the first cell. */
export function decodeCsv(bytes) {
  const [first, second] = new Uint8Array(bytes.buffer ?? bytes);
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  const text = new TextDecoder(encoding).decode(bytes);
  const line = text.slice(0, text.indexOf("\n") >>> 0);
  return parseCsv(text, [",", ";", "\t"].sort((one, other) => line.split(other).length - line.split(one).length)[0]);
}

/** Text to rows of cells. The line break at the end makes no row of its own. */
export function parseCsv(text, separator = ",") {
  const rows = [];
  let row = [];
  let at = 0;
  while (at < text.length) {
    const [cell, end] = text[at] === '"' ? quoted(text, at, separator) : bare(text, at, separator);
    row.push(cell);
    at = end;
    if (text[at] === separator) {
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

function bare(text, from, separator) {
  let end = from;
  while (end < text.length && !`${separator}\r\n`.includes(text[end])) end += 1;
  return [text.slice(from, end), end];
}

/** A cell in quotes; what stands between its closing quote and the next separator belongs to it, as in Excel. */
function quoted(text, from, separator) {
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
  const [rest, end] = bare(text, at, separator);
  return [cell + rest, end];
}
