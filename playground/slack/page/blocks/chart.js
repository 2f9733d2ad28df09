/**
 * data_visualization blocks as SVG: pie, bar, line and area, with a legend that names every value.
 *
 * Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
 */

import { h, svg } from "../dom/dom.js";

const WIDTH = 480;
const HEIGHT = 220;
const BOX = { left: 48, right: 12, top: 12, bottom: 44 };
const COLOURS = 8;

/** Show a chart with its title. */
export function chart(block, { surface }) {
  const { chart: data = {}, title = "" } = block;
  const drawn = data.type === "pie" ? pie(data, surface) : axes(data, surface);
  if (!drawn) return null;
  return h("figure", { class: "chart" }, h("figcaption", {}, title), ...drawn);
}

function pie(data, surface) {
  const segments = data.segments ?? [];
  const total = segments.reduce((sum, { value }) => sum + value, 0);
  let angle = -Math.PI / 2;
  const slices = segments.map(({ value }, at) => {
    const from = angle;
    angle += (2 * Math.PI * value) / total;
    return slice(from, angle, at, segments.length === 1);
  });
  const names = segments.map(({ label, value }) => `${label}: ${surface.number(value)}`);
  return [picture("0 0 200 200", names, slices), legend(names)];
}

function slice(from, to, at, whole) {
  const colour = `series-${at % COLOURS}`;
  if (whole) return svg("circle", { class: colour, cx: 100, cy: 100, r: 90 });
  const point = (angle) => `${100 + 90 * Math.cos(angle)} ${100 + 90 * Math.sin(angle)}`;
  const large = to - from > Math.PI ? 1 : 0;
  return svg("path", { class: colour, d: `M100 100 L${point(from)} A90 90 0 ${large} 1 ${point(to)} Z` });
}

function axes(data, surface) {
  const draw = { bar: bars, line: lines, area: lines }[data.type];
  const categories = data.axis_config?.categories ?? [];
  const series = data.series ?? [];
  if (!draw || !categories.length) return null;
  const values = series.map(({ data: points }) => categories.map((c) => points.find((p) => p.label === c)?.value ?? 0));
  const scale = scaleOf(values.flat());
  const step = (WIDTH - BOX.left - BOX.right) / categories.length;
  const shapes = values.flatMap((row, at) => draw(row, { at, count: values.length, scale, step, filled: data.type === "area" }));
  const names = series.map(({ name }, at) => `${name}: ${categories.map((c, n) => `${c} ${surface.number(values[at][n])}`).join(", ")}`);
  const parts = [...grid(scale, surface), ...shapes, ...ticks(categories, step), ...titles(data.axis_config)];
  return [picture(`0 0 ${WIDTH} ${HEIGHT}`, names, parts), legend(series.map(({ name }) => name))];
}

function picture(viewBox, names, parts) {
  return svg("svg", { viewBox, role: "img", "aria-label": names.join("; ") }, ...parts);
}

function legend(names) {
  const items = names.map((name, at) => h("li", {}, h("span", { class: `swatch series-${at % COLOURS}` }), name));
  return h("ul", { class: "legend" }, ...items);
}

/** From data to the picture's vertical axis, from 0 or the least value to a round number above the greatest. */
function scaleOf(values) {
  const least = Math.min(0, ...values);
  const most = Math.max(1, ...values);
  const unit = 10 ** Math.floor(Math.log10(most - least));
  const step = [0.2, 0.25, 0.5, 1, 2].map((f) => f * unit).find((s) => (most - least) / s <= 5);
  const top = Math.ceil(most / step) * step;
  const bottom = Math.floor(least / step) * step;
  const y = (value) => BOX.top + ((top - value) / (top - bottom)) * (HEIGHT - BOX.top - BOX.bottom);
  return { y, marks: Array.from({ length: Math.round((top - bottom) / step) + 1 }, (_, n) => bottom + n * step) };
}

function bars(row, { at, count, scale, step }) {
  const width = (step * 0.7) / count;
  return row.map((value, n) => {
    const [top, bottom] = [scale.y(Math.max(0, value)), scale.y(Math.min(0, value))];
    const x = BOX.left + n * step + step * 0.15 + at * width;
    return svg("rect", { class: `series-${at % COLOURS}`, x, y: top, width: width * 0.92, height: bottom - top });
  });
}

function lines(row, { at, scale, step, filled }) {
  const points = row.map((value, n) => `${BOX.left + (n + 0.5) * step} ${scale.y(value)}`);
  const colour = `series-${at % COLOURS}`;
  const line = svg("path", { class: `stroke ${colour}`, d: `M${points.join(" L")}` });
  if (!filled) return [line];
  const [first, last] = [BOX.left + 0.5 * step, BOX.left + (row.length - 0.5) * step];
  const area = `M${first} ${scale.y(0)} L${points.join(" L")} L${last} ${scale.y(0)} Z`;
  return [svg("path", { class: `area ${colour}`, d: area }), line];
}

function grid(scale, surface) {
  return scale.marks.flatMap((mark) => [
    svg("line", { class: "grid", x1: BOX.left, x2: WIDTH - BOX.right, y1: scale.y(mark), y2: scale.y(mark) }),
    svg("text", { x: BOX.left - 6, y: scale.y(mark) + 4, "text-anchor": "end" }, surface.number(mark)),
  ]);
}

function ticks(categories, step) {
  const room = Math.max(3, Math.floor(step / 7));
  return categories.map((category, n) => {
    const short = category.length > room ? `${category.slice(0, room - 1)}…` : category;
    const at = { x: BOX.left + (n + 0.5) * step, y: HEIGHT - BOX.bottom + 16, "text-anchor": "middle" };
    return svg("text", at, short, svg("title", {}, category));
  });
}

function titles(config) {
  const middle = { "text-anchor": "middle", class: "axis-title" };
  const x = config.x_label && svg("text", { ...middle, x: (WIDTH + BOX.left) / 2, y: HEIGHT - 8 }, config.x_label);
  const turned = { x: 12, y: (HEIGHT - BOX.bottom) / 2, transform: `rotate(-90 12 ${(HEIGHT - BOX.bottom) / 2})` };
  return [x, config.y_label && svg("text", { ...middle, ...turned }, config.y_label)];
}
