/** Where one types: a message or a command, and what is on its way to the app. */

import { api } from "../world/api.js";
import { makeCompletion } from "./completion.js";
import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

/** A composer for the channel, or for the open thread. What is half-typed is kept per person and place. */
export function makeComposer(app, { thread = false } = {}) {
  const { state } = app;
  const drafts = new Map();
  const pending = new Map();
  let draft = "";

  const input = h("textarea", { rows: "1", autocomplete: "off", spellcheck: "true", oninput: typed, onkeydown: key, onblur: () => completion?.close(), onfocus: () => completion?.update() });
  const completion = thread ? null : makeCompletion(app, input, ({ command }) => put(`${command} `));
  const send = h("button", { type: "button", class: "send", onclick: submit }, icon("send"));
  const chosen = h("input", { type: "file", hidden: true, onchange: () => attach(chosen.files) });
  const clip = h("button", { type: "button", class: "attach", onclick: () => chosen.click() }, icon("attach"));
  const status = h("div", { class: "pending", role: "status" });
  const field = h("div", { class: "composer-field", ondragover: over, ondrop: dropped }, clip, chosen, input, send);
  const node = h("div", { class: "composer" }, status, completion?.list, completion?.hint, field);

  const place = () => (thread ? state.thread : state.composes);

  function typed() {
    drafts.set(draft, input.value);
    send.disabled = !input.value.trim();
    completion?.update();
  }

  function put(text) {
    input.value = text;
    input.focus();
    input.setSelectionRange(text.length, text.length);
    typed();
  }

  function key(event) {
    if (event.isComposing) return;
    if (completion?.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  }

  function over(event) {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  }

  function dropped(event) {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    attach(event.dataTransfer.files);
  }

  /** Share files one after the other, at once: what is typed stays. */
  async function attach(files) {
    for (const file of [...files]) {
      await waitFor(file.name, async () => api.drop({ ...body(), name: file.name, content: await inBase64(file) }));
    }
    chosen.value = "";
  }

  /** Clear at once, as Slack does; what could not be sent comes back. */
  async function submit() {
    const text = input.value.trim();
    if (!text) return;
    if (thread && text.startsWith("/")) {
      app.toast(state.say("no-commands-in-threads"));
      return;
    }
    put("");
    const sent = await waitFor(text, () => deliver(text));
    if (!sent && !input.value) put(text);
    update();
  }

  async function waitFor(text, deed) {
    const token = {};
    pending.set(token, text);
    update();
    const done = await app.attempt(deed);
    pending.delete(token);
    update();
    return done;
  }

  function body() {
    if (thread) return { as: state.me, channel: state.message(state.thread).channel, thread_ts: state.thread };
    return { as: state.me, channel: state.composes };
  }

  function deliver(text) {
    if (thread) return api.say({ ...body(), text });
    const member = membership(text, state.workspace.bot);
    return member === null ? api.command({ ...body(), text }) : api.membership({ channel: body().channel, member });
  }

  function addressee() {
    if (state.place.kind === "app") return state.workspace.bot.display_name;
    return `#${state.channel(state.place.id)?.name ?? ""}`;
  }

  function update() {
    const now = `${state.me} ${place()}`;
    if (now !== draft) {
      draft = now;
      input.value = drafts.get(draft) ?? "";
      completion?.update();
    }
    const label = thread ? state.say("reply-label") : state.say("message-to", { channel: addressee() });
    input.setAttribute("aria-label", label);
    input.placeholder = label;
    send.setAttribute("aria-label", state.say("send"));
    clip.setAttribute("aria-label", state.say("attach"));
    send.disabled = !input.value.trim();
    status.replaceChildren(...[...pending.values()].map((text) => waiting(text, state)));
  }
  return { node, update, put, focus: () => input.focus() };
}

function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",", 2)[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function waiting(text, { say, workspace: { bot } }) {
  const words = text.startsWith("/") ? say("waiting", { bot: bot.display_name }) : say("sending");
  return h("p", {}, h("span", { class: "spinner" }), words, " ", h("code", {}, text));
}

/** /invite @sechub and /remove @sechub are Slack's own commands: true, false, or null for any other text. */
function membership(text, bot) {
  const [, verb, name] = /^\/(invite|remove|kick)\s+@?(\S+)$/.exec(text) ?? [];
  if (!verb || name.toLowerCase() !== bot.name.toLowerCase()) return null;
  return verb === "invite";
}
