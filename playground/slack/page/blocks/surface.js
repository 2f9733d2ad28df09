/** What blocks stand on: their words and names, their form, and the way from a press to the app. */

import { api } from "../world/api.js";
import { h } from "../dom/dom.js";
import { withEmoji } from "../text/emoji.js";
import { Form } from "./form.js";
import { number } from "../text/format.js";
import { mrkdwnObject } from "../text/mrkdwn.js";

const forms = new Map();

/** The form of a message or a view, the same each time it is shown anew. */
export function formOf(key) {
  if (!forms.has(key)) forms.set(key, new Form());
  return forms.get(key);
}

export function forgetForm(key) {
  forms.delete(key);
}

/** The surface of one message: { channel, ts } goes with every press. */
export function messageSurface(app, { channel, ts, blocks = [] }) {
  return makeSurface(app, { key: `${app.state.me}/${channel}/${ts}`, where: { channel, ts }, blocks });
}

/** The surface of a modal or the Home tab: its state goes with every press. */
export function viewSurface(app, id, view, touched) {
  return makeSurface(app, { key: `${app.state.me}/${id}`, where: { view_id: id }, blocks: view.blocks ?? [], touched });
}

function makeSurface(app, { key, where, blocks, touched = () => {} }) {
  const { state } = app;
  const form = formOf(key);
  const as = state.me;
  const place = ({ block, element }) => ({ as, ...where, block_id: block.block_id ?? "", action_id: element.action_id ?? "" });
  const view = {
    me: state.me,
    locale: state.locale,
    name: (id) => state.name(id),
    channel: (id) => state.channel(id),
    group: (id) => state.group(id),
    go: (id) => app.go({ kind: "channel", id }),
  };
  return {
    say: state.say,
    view,
    form,
    touched,
    number: (value) => number(value, state.locale),
    text: (object) => shownText(object, view),
    people: () => state.workspace.people,
    channels: () => state.channels,
    act: (slot, payload) => app.attempt(() => api.act({ ...place(slot), ...payload, state: form.values(blocks) })),
    suggest: (slot, value) => api.suggest({ ...place(slot), value }),
  };
}

function shownText(object, view) {
  if (object?.type === "mrkdwn") return h("span", { class: "mrkdwn" }, mrkdwnObject(object, view));
  return object?.emoji === false ? object.text : withEmoji(object?.text ?? "");
}
