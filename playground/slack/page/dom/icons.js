/** Line icons, 20 units square, in the colour of the text around them. */

import { svg } from "./dom.js";

const PATHS = {
  hash: "M4 7.5h13M3 12.5h13M8.5 3 6.5 17M13.5 3l-2 14",
  close: "M5 5l10 10M15 5 5 15",
  eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  reply: "M3 4.5h14v9H9.5L5.5 17v-3.5H3zM6.5 8h7M6.5 10.5h4.5",
  attach: "M15.5 9.5 10 15a3.5 3.5 0 0 1-5-5l6.5-6.5a2.3 2.3 0 0 1 3.3 3.3L8.5 13a1 1 0 0 1-1.5-1.5l5.5-5.5",
  send: "M3 3.5 17.5 10 3 16.5 5 10zM5 10h6",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  back: "M12 4l-6 6 6 6",
  down: "M5 8l5 5 5-5",
  download: "M10 3v9M6 8.5l4 4 4-4M4 16.5h12",
  expand: "M12 3.5h4.5V8M8 16.5H3.5V12M16.5 3.5 11.5 8.5M3.5 16.5l5-5",
  table: "M3 4.5h14v11H3zM3 8.5h14M8 8.5v7",
  file: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
  moon: "M16.5 11.8A7 7 0 1 1 8.2 3.5a5.5 5.5 0 0 0 8.3 8.3z",
  bolt: "M11 2.5 4.5 11.5H9.5L8.5 17.5 15.5 8H10.5z",
  traffic: "M6 4v12M3 7l3-3 3 3M14 16V4M11 13l3 3 3-3",
  shield: "M10 2.5l6 2.2v5c0 3.7-2.5 6.3-6 7.8-3.5-1.5-6-4.1-6-7.8v-5zM7.3 9.8l2 2 3.5-3.8",
  warning: "M10 3 18 16.5H2zM10 8v4M10 14.2h.01",
  play: "M6 4l10 6-10 6z",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
};

/** One of PATHS, hidden from screen readers: what it says stands beside it or in a label. */
export function icon(name) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }),
  );
}
