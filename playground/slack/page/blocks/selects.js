/**
 * Select menus, of fixed options, of the app's own search, of people and of channels.
 *
 * Source: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element.
 */

import { combobox } from "../dom/combobox.js";
import { withEmoji } from "../text/emoji.js";
import { commit, hooks, nameOf } from "./slot.js";

/** min_query_length where a menu does not set it. */
const MINIMUM = 3;

const option = {
  read: (raw) => ({ value: raw.value, label: withEmoji(raw.text?.text ?? raw.value), description: raw.description?.text, raw }),
  write: (chosen) => chosen.raw,
};

const named = (find) => ({
  read: (id, surface) => ({ value: id, label: find(id, surface) }),
  write: (chosen) => chosen.value,
});

const person = named((id, { view }) => view.name(id));
const channel = named((id, { view }) => `#${view.channel(id)?.name ?? id}`);

export const SELECTS = {
  static_select: (slot) => menu(slot, option, "selected_option", fixed),
  multi_static_select: (slot) => menu(slot, option, "selected_options", fixed),
  external_select: (slot) => menu(slot, option, "selected_option", searched),
  multi_external_select: (slot) => menu(slot, option, "selected_options", searched),
  users_select: (slot) => menu(slot, person, "selected_user", people),
  multi_users_select: (slot) => menu(slot, person, "selected_users", people),
  channels_select: (slot) => menu(slot, channel, "selected_channel", channels),
  multi_channels_select: (slot) => menu(slot, channel, "selected_channels", channels),
  conversations_select: (slot) => menu(slot, channel, "selected_conversation", channels),
  multi_conversations_select: (slot) => menu(slot, channel, "selected_conversations", channels),
};

function menu(slot, kind, field, load) {
  const { block, element, surface } = slot;
  const multiple = element.type.startsWith("multi_");
  const held = surface.form.get(block, element)[field];
  const values = multiple ? held : held === null ? [] : [held];
  const isSearched = load === searched;
  return combobox({
    props: hooks(slot, nameOf(slot)),
    placeholder: element.placeholder?.text ?? surface.say(multiple ? "choose-some" : "choose-one"),
    say: surface.say,
    multiple,
    clearable: block.type === "input" && block.optional,
    most: element.max_selected_items,
    minimum: isSearched ? (element.min_query_length ?? MINIMUM) : 0,
    chosen: values.map((value) => kind.read(value, surface)),
    load: (query) => load(slot, query),
    change: (chosen) => {
      const written = chosen.map((one) => kind.write(one));
      return commit(slot, { [field]: multiple ? written : (written[0] ?? null) });
    },
  });
}

async function fixed({ element }, query) {
  return groupsOf(element).map(({ label, options }) => ({ label, options: matching(options, query) }));
}

async function searched(slot, query) {
  return groupsOf(await slot.surface.suggest(slot, query));
}

async function people({ surface }, query) {
  const all = surface.people().map(({ id }) => person.read(id, surface));
  return [{ options: matching(all, query) }];
}

async function channels({ surface }, query) {
  const all = surface.channels().map(({ id }) => channel.read(id, surface));
  return [{ options: matching(all, query) }];
}

function groupsOf({ options, option_groups: groups }) {
  const all = groups?.length ? groups : [{ options: options ?? [] }];
  return all.map((group) => ({ label: group.label?.text, options: group.options.map(option.read) }));
}

function matching(options, query) {
  const wanted = query.toLowerCase();
  return options.filter(({ label }) => label.toLowerCase().includes(wanted));
}
