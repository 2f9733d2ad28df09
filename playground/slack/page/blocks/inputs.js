/**
 * Elements that are typed into or ticked.
 *
 * Source: https://docs.slack.dev/reference/block-kit/block-elements.
 */

import { h, newId } from "../dom/dom.js";
import { withEmoji } from "../text/emoji.js";
import { commit, dispatches, hooks, nameOf } from "./slot.js";

export const INPUTS = {
  plain_text_input: (slot) => typed(slot, slot.element.multiline ? { tag: "textarea", rows: 3 } : { type: "text" }),
  number_input: (slot) => typed(slot, { type: "number", step: slot.element.is_decimal_allowed ? "any" : 1 }),
  email_text_input: (slot) => typed(slot, { type: "email" }),
  url_text_input: (slot) => typed(slot, { type: "url" }),
  datepicker: (slot) => picked(slot, "date", "selected_date"),
  timepicker: (slot) => picked(slot, "time", "selected_time"),
  datetimepicker: (slot) => picked(slot, "datetime-local", "selected_date_time", seconds),
  checkboxes: (slot) => ticked(slot, "checkbox"),
  radio_buttons: (slot) => ticked(slot, "radio"),
};

const plain = { read: (value) => value ?? "", write: (value) => value || null };
const seconds = {
  read: (value) => (value ? localMinute(new Date(value * 1000)) : ""),
  write: (value) => (value ? Math.floor(new Date(value).getTime() / 1000) : null),
};

/** Every key is kept in the form; the app hears of Enter only, where it asks to. */
function typed(slot, { tag = "input", ...props }) {
  const { block, element, surface } = slot;
  const payload = (node) => ({ value: node.value === "" ? null : node.value });
  return h(tag, {
    ...hooks(slot, nameOf(slot)),
    ...props,
    class: "field",
    autocomplete: "off",
    placeholder: element.placeholder?.text ?? null,
    maxlength: element.max_length ?? null,
    min: element.min_value ?? null,
    max: element.max_value ?? null,
    autofocus: element.focus_on_load ?? null,
    value: surface.form.get(block, element).value ?? "",
    oninput: ({ target }) => {
      surface.form.set(block, element, payload(target));
      surface.touched(block);
    },
    onkeydown: (event) => {
      const isEntered = event.key === "Enter" && !event.shiftKey && !event.isComposing && dispatches(slot);
      if (!isEntered) return;
      event.preventDefault();
      commit(slot, payload(event.target));
    },
  });
}

function picked(slot, type, field, { read, write } = plain) {
  const held = () => read(slot.surface.form.get(slot.block, slot.element)[field]);
  return h("input", {
    ...hooks(slot, nameOf(slot)),
    type,
    class: "field picker",
    value: held(),
    onchange: async ({ target }) => {
      if (!(await commit(slot, { [field]: write(target.value) }))) target.value = held();
    },
  });
}

function ticked(slot, type) {
  const { block, element, surface } = slot;
  const isMany = type === "checkbox";
  const name = newId("group");
  const held = () => {
    const { selected_options: many, selected_option: one } = surface.form.get(block, element);
    return (many ?? [one]).filter(Boolean).map(({ value }) => value);
  };
  const boxes = element.options.map((option) => h("input", { type, name, value: option.value, checked: held().includes(option.value) }));
  const change = async () => {
    const chosen = element.options.filter((_, at) => boxes[at].checked);
    const payload = isMany ? { selected_options: chosen } : { selected_option: chosen[0] ?? null };
    if (await commit(slot, payload)) return;
    for (const box of boxes) box.checked = held().includes(box.value);
  };
  const labels = element.options.map((option, at) => h("label", { class: "tick" }, boxes[at], words(option, surface)));
  const role = isMany ? "group" : "radiogroup";
  return h("div", { ...hooks(slot, nameOf(slot)), role, "aria-labelledby": slot.labelId ?? null, class: "ticks", onchange: change }, ...labels);
}

function words({ text, description }, surface) {
  const shown = (part) => (part.type === "mrkdwn" ? surface.text(part) : withEmoji(part.text));
  return h("span", {}, shown(text), description && h("small", {}, shown(description)));
}

function localMinute(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}
