/** What the app and Slack said to each other, the newest last. */

import { h, keyed } from "../dom/dom.js";
import { preciseClock } from "../text/format.js";
import { follower } from "../panes/messages.js";

export function makeTraffic(app) {
  const { state } = app;
  const list = h("ol", { class: "traffic" });
  const box = follower(list, { tabindex: "0" });
  const search = h("input", { type: "search", class: "field small", oninput: () => update() });
  const only = h("select", { class: "field small", onchange: () => update() }, ...["", "to_app", "to_slack"].map((value) => h("option", { value })));
  const tools = h("div", { class: "drawer-tools" }, only, search);
  const empty = h("p", { class: "empty" });
  const node = h("div", { class: "drawer-body" }, empty, box.node);

  function update() {
    const { say, workspace: { traffic } } = state;
    search.placeholder = say("filter");
    search.setAttribute("aria-label", say("filter"));
    only.setAttribute("aria-label", say("direction"));
    [...only.options].forEach((option) => (option.textContent = say(option.value || "both")));
    const shown = traffic.filter((entry) => fits(entry, only.value, search.value));
    empty.textContent = say(traffic.length ? "no-matches" : "no-traffic");
    empty.hidden = shown.length > 0;
    keyed(list, shown.map(numbered()), {
      key: (item) => item.key,
      print: (item) => JSON.stringify([item.entry.status, item.entry.milliseconds, state.locale]),
      make: ({ entry }, before) => row(entry, say, before?.firstElementChild.open),
    });
  }
  return { node, tools, update };
}

function fits({ direction, name, status, request, response }, only, words) {
  if (only && direction !== only) return false;
  return !words || JSON.stringify([name, status, request, response]).toLowerCase().includes(words.toLowerCase());
}

/** Entries have no id of their own: when, what and which of several at once. */
function numbered() {
  const seen = new Map();
  return (entry) => {
    const name = `${entry.at} ${entry.direction} ${entry.name}`;
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return { entry, key: `${name} ${count}` };
  };
}

function row(entry, say, open = false) {
  const { at, direction, name, status, milliseconds } = entry;
  const isFine = status === "ok" || /^2\d\d$/.test(String(status));
  const summary = h(
    "summary",
    {},
    h("time", {}, preciseClock(new Date(at * 1000))),
    h("span", { class: `direction ${direction}` }, say(direction)),
    h("b", {}, name),
    h("span", { class: isFine ? "status ok" : "status bad" }, String(status)),
    h("span", { class: "milliseconds" }, `${milliseconds} ms`),
  );
  const details = h("details", { open }, summary);
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(...bodies(entry, say));
  };
  details.addEventListener("toggle", fill);
  fill();
  return h("li", { "data-name": name }, details);
}

function bodies({ request, response }, say) {
  const parts = [["request", request], ["response", response]];
  return parts.map(([name, body]) => h("div", { class: "json" }, h("h3", {}, say(name)), h("pre", { tabindex: "0" }, pretty(body))));
}

function pretty(body) {
  return typeof body === "string" ? body : JSON.stringify(body ?? null, null, 2);
}
