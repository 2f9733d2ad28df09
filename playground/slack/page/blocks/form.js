/**
 * What is chosen and typed in a message, a modal or a Home tab, in the shape of Slack's `state.values`.
 *
 * Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
 */

const text = (element) => ({ value: element.initial_value || null });
const option = (element) => ({ selected_option: element.initial_option ?? null });
const options = (element) => ({ selected_options: element.initial_options ?? [] });

/** What each element holds before anybody touches it; elements that hold nothing, such as buttons, are absent. */
const INITIAL = {
  plain_text_input: text,
  number_input: text,
  email_text_input: text,
  url_text_input: text,
  static_select: option,
  external_select: option,
  radio_buttons: option,
  multi_static_select: options,
  multi_external_select: options,
  checkboxes: options,
  users_select: (e) => ({ selected_user: e.initial_user ?? null }),
  multi_users_select: (e) => ({ selected_users: e.initial_users ?? [] }),
  channels_select: (e) => ({ selected_channel: e.initial_channel ?? null }),
  multi_channels_select: (e) => ({ selected_channels: e.initial_channels ?? [] }),
  conversations_select: (e) => ({ selected_conversation: e.initial_conversation ?? null }),
  multi_conversations_select: (e) => ({ selected_conversations: e.initial_conversations ?? [] }),
  datepicker: (e) => ({ selected_date: e.initial_date ?? null }),
  timepicker: (e) => ({ selected_time: e.initial_time ?? null }),
  datetimepicker: (e) => ({ selected_date_time: e.initial_date_time ?? null }),
};

/** The values of one container. A block that is shown anew under the same ids keeps what it held. */
export class Form {
  #held = new Map();

  /** What an element holds: its payload's own fields, such as { selected_option }. */
  get(block, element) {
    return this.#held.get(place(block, element)) ?? INITIAL[element.type]?.(element);
  }

  set(block, element, payload) {
    this.#held.set(place(block, element), payload);
  }

  /** state.values of the blocks that are shown: {block_id: {action_id: {type, …}}}. */
  values(blocks) {
    const values = {};
    for (const block of blocks) {
      for (const element of stateful(block)) {
        values[block.block_id] ??= {};
        values[block.block_id][element.action_id] = { type: element.type, ...this.get(block, element) };
      }
    }
    return values;
  }

  /** Tell whether an element holds nothing, as a required input may not. */
  isEmpty(block, element) {
    const held = Object.values(this.get(block, element) ?? {})[0];
    return held === null || held === undefined || held.length === 0;
  }
}

/** The elements of a block, wherever it keeps them. */
export function elementsOf(block) {
  return [block.element, block.accessory, ...(block.elements ?? [])].filter((element) => element?.action_id);
}

function stateful(block) {
  return elementsOf(block).filter((element) => element.type in INITIAL);
}

function place(block, element) {
  return `${block.block_id}\n${element.action_id}`;
}
