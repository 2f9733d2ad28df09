/** What shall go wrong: the next calls of a method, in one of the ways in which Slack fails. */

import { api } from "../world/api.js";
import { h, keyed, newId } from "../dom/dom.js";

const METHODS = [
  "*",
  "chat.postMessage",
  "chat.postEphemeral",
  "chat.update",
  "files.getUploadURLExternal",
  "upload_url",
  "files.completeUploadExternal",
  "files.info",
  "response_url",
  "users.info",
  "views.open",
  "views.update",
  "slash_command",
  "block_actions",
  "block_suggestion",
  "view_submission",
];
/** What `value` means, where a kind has one. */
const VALUES = { ratelimited: "seconds", error: "error-code" };

export function makeFaults(app) {
  const { state } = app;
  const method = h("input", { class: "field small", list: newId("methods"), required: true, value: "chat.postMessage" });
  const methods = h("datalist", { id: method.getAttribute("list") }, ...METHODS.map((value) => h("option", { value })));
  const kind = h("select", { class: "field small", onchange: () => update() });
  const count = h("input", { class: "field small", type: "number", min: "1", max: "99", required: true, value: "1" });
  const value = h("input", { class: "field small", value: "" });
  const add = h("button", { type: "submit", class: "button small primary" });
  const fields = [["method", method], ["kind", kind], ["count", count], ["value", value]].map(([name, input]) => ({ name, input, label: h("span", {}) }));
  const form = h("form", { class: "fault-form", onsubmit: submit }, methods, ...fields.map(({ label, input }) => h("label", {}, label, input)), add);
  const list = h("ul", { class: "faults" });
  const none = h("p", { class: "empty" });
  const clear = h("button", { type: "button", class: "button small", onclick: () => app.attempt(() => api.fault({ clear: true })) });
  const node = h("div", { class: "drawer-body" }, form, none, list);

  function submit(event) {
    event.preventDefault();
    const given = value.hidden || value.value === "" ? null : kind.value === "ratelimited" ? Number(value.value) : value.value;
    app.attempt(() => api.fault({ method: method.value.trim(), kind: kind.value, count: Number(count.value), value: given }));
  }

  function update() {
    const { say, workspace: { faults, fault_kinds: kinds } } = state;
    keyed(kind, kinds, { key: (k) => k, print: () => state.locale, make: (k) => h("option", { value: k }, say(`fault-${k}`)) });
    const meaning = VALUES[kind.value];
    value.parentElement.hidden = !meaning;
    value.hidden = !meaning;
    value.required = meaning === "error-code";
    value.placeholder = meaning === "error-code" ? "channel_not_found" : "1";
    fields.forEach(({ name, label }) => (label.textContent = say(name === "value" ? (meaning ?? "seconds") : `fault-field-${name}`)));
    add.textContent = say("add-fault");
    clear.textContent = say("clear-faults");
    clear.disabled = !faults.length;
    none.textContent = say("no-faults");
    none.hidden = faults.length > 0;
    const items = faults.map((fault, at) => ({ fault, at }));
    keyed(list, items, { key: ({ at }) => at, print: (item) => JSON.stringify([item, state.locale]), make: ({ fault }) => row(fault, say) });
  }
  return { node, tools: clear, update };
}

function row({ method, kind, count, value }, say) {
  const detail = value === null || value === undefined ? "" : ` · ${kind === "ratelimited" ? "Retry-After: " : ""}${value}`;
  return h("li", {}, h("code", {}, method), h("span", {}, `${say(`fault-${kind}`)}${detail}`), h("span", { class: "count" }, `×${count}`));
}
