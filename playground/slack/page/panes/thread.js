/** The pane of one thread: its message, the replies, a composer of its own. */

import { makeComposer } from "./composer.js";
import { h, keyed } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { messageNode, messagePrint } from "./message.js";
import { follower, withDays } from "./messages.js";

export function makeThread(app) {
  const { state } = app;
  const list = h("div", { class: "message-list" });
  const box = follower(list, { role: "log", tabindex: "0" });
  const title = h("h2", {});
  const place = h("small", {});
  const close = h("button", { type: "button", class: "icon-button", onclick: () => app.closeThread() }, icon("close"));
  const composer = makeComposer(app, { thread: true });
  const head = h("header", { class: "pane-head" }, h("div", { class: "pane-title" }, title, place), close);
  const node = h("aside", { class: "thread", hidden: true, onkeydown: escape }, head, box.node, composer.node);
  let shown = null;

  function escape(event) {
    if (event.key === "Escape" && !event.defaultPrevented) app.closeThread();
  }

  function update() {
    const root = state.thread && state.message(state.thread);
    node.hidden = !root;
    const rows = root ? items(app, root) : [];
    keyed(list, rows, { key: (item) => item.key, print: (item) => item.print, make: (item) => item.make() });
    if (!root) {
      shown = null;
      return;
    }
    const { say } = state;
    node.setAttribute("aria-label", say("thread"));
    close.setAttribute("aria-label", say("close-thread"));
    box.node.setAttribute("aria-label", say("thread"));
    title.textContent = say("thread");
    place.textContent = state.channel(root.channel) ? `#${state.channel(root.channel).name}` : state.workspace.bot.display_name;
    composer.update();
    if (shown !== root.ts) {
      box.toEnd();
      composer.focus();
    }
    shown = root.ts;
  }
  return { node, update };
}

function items(app, root) {
  const { state } = app;
  const replies = state.repliesOf(root.ts);
  const count = state.say(replies.length === 1 ? "reply" : "replies", { count: replies.length });
  return [
    {
      key: root.ts,
      print: messagePrint(app, root),
      make: () => messageNode(app, root, { threads: false }),
    },
    { key: "count", print: count, make: () => h("h3", { class: "reply-count" }, h("span", {}, count)) },
    ...withDays(app, replies, { threads: false, days: false }),
  ];
}
