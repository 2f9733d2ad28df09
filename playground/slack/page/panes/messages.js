/** The messages of a channel, and the box they scroll in, which follows the newest while one looks at it. */

import { h, keyed } from "../dom/dom.js";
import { dayName, dayOf, moment } from "../text/format.js";
import { icon } from "../dom/icons.js";
import { messageNode, messagePrint } from "./message.js";
import { welcome } from "./welcome.js";

const GROUP_SECONDS = 300;
const NEAR_PIXELS = 60;

/** A box that stays at its end while it is there, however its content grows. */
export function follower(content, props) {
  const box = h("div", { class: "scroller", ...props }, content);
  let isAtEnd = true;
  const toEnd = () => {
    box.scrollTop = box.scrollHeight;
    isAtEnd = true;
  };
  box.addEventListener("scroll", () => {
    isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PIXELS;
  });
  const keep = () => isAtEnd && toEnd();
  const sizes = new ResizeObserver(keep);
  sizes.observe(content);
  sizes.observe(box);
  return { node: box, toEnd, isAtEnd: () => isAtEnd };
}

export function makeMessages(app) {
  const { state } = app;
  const list = h("div", { class: "message-list" });
  const box = follower(list, { role: "log", tabindex: "0" });
  const jump = h("button", { type: "button", class: "jump", hidden: true, onclick: box.toEnd });
  const node = h("div", { class: "messages" }, box.node, jump);
  let shown = "";
  let newest = "";
  box.node.addEventListener("scroll", () => {
    if (box.isAtEnd()) jump.hidden = true;
  });

  function update() {
    node.hidden = state.place.kind !== "channel" || !state.isLoaded;
    if (node.hidden) return;
    const channel = state.channel(state.place.id);
    const messages = state.messagesOf(state.place);
    box.node.setAttribute("aria-label", state.say("messages-in", { channel: `#${channel?.name}` }));
    keyed(list, [...welcome(app, channel, messages.length), ...withDays(app, messages)], {
      key: (item) => item.key,
      print: (item) => item.print,
      make: (item) => item.make(),
    });
    follow(`${state.me} ${state.place.id}`, messages.at(-1));
  }

  /** A change of channel shows its end; a new message does so only where one was there already. */
  function follow(place, last) {
    const isOther = place !== shown;
    const isNew = (last?.ts ?? "") > newest;
    shown = place;
    newest = last?.ts ?? "";
    if (isOther || box.isAtEnd() || last?.user === state.me) box.toEnd();
    else if (isNew) {
      jump.hidden = false;
      jump.replaceChildren(icon("down"), state.say("new-messages"));
    }
  }
  return { node, update };
}

/** Messages as keyed items, with a line between two days. */
export function withDays(app, messages, options = {}) {
  const items = [];
  let before = null;
  for (const message of messages) {
    const day = dayOf(moment(message.ts));
    const isNewDay = !before || dayOf(moment(before.ts)) !== day;
    if (isNewDay && options.days !== false) items.push(dayItem(app, day, message));
    const grouped = !isNewDay && isGrouped(before, message);
    items.push({
      key: message.ts,
      print: messagePrint(app, message, `${grouped} ${options.threads}`),
      make: () => messageNode(app, message, { ...options, grouped }),
    });
    before = message;
  }
  return items;
}

function dayItem(app, day, message) {
  const { locale } = app.state;
  const name = dayName(moment(message.ts), locale);
  return {
    key: `day ${day}`,
    print: name,
    make: () => h("h3", { class: "day" }, h("span", {}, name)),
  };
}

function isGrouped(before, message) {
  const isSame = before.user === message.user && Boolean(before.ephemeral) === Boolean(message.ephemeral);
  return isSame && !message.ephemeral && Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
}
