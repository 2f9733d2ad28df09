/** One message. */

import { blocks } from "../blocks/blocks.js";
import { h, languageOf } from "../dom/dom.js";
import { fileCard } from "../files/files.js";
import { clock, fullMoment, moment } from "../text/format.js";
import { icon } from "../dom/icons.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { messageSurface } from "../blocks/surface.js";

const COLOURS = 8;

/** A square with the first letter of a name; apps have a shield. */
export function avatar(app, id, size = "") {
  const { state } = app;
  const isBot = state.isBot(id);
  const colour = isBot ? "bot" : [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 3) % COLOURS;
  const content = isBot ? icon("shield") : [...state.name(id)][0].toUpperCase();
  return h("span", { class: `avatar ${size} avatar-${colour}`, "aria-hidden": "true" }, content);
}

/**
 * Show a message. `grouped`: it follows one of the same person, whose name is not repeated. `threads`: it
 * offers its thread, as messages in a channel do and those in a thread do not.
 */
export function messageNode(app, message, { grouped = false, threads = true } = {}) {
  const surface = messageSurface(app, message);
  const replies = threads ? app.state.repliesOf(message.ts) : [];
  return h(
    "article",
    { class: classes(message, grouped), "data-ts": message.ts, "data-channel": message.channel, tabindex: "-1" },
    h("div", { class: "gutter" }, grouped ? timeNode(app, message) : avatar(app, message.user)),
    h(
      "div",
      { class: "message-body" },
      message.ephemeral && h("p", { class: "only-you" }, icon("eye"), surface.say("only-visible-to-you")),
      !grouped && head(app, message),
      ...content(message, surface),
      ...(message.files ?? []).map((file) => fileCard(file, surface)),
      threads && (replies.length || message.reply_count) ? threadLine(app, message, replies) : null,
    ),
    threads && !message.ephemeral && h("div", { class: "message-actions" }, replyButton(app, message)),
  );
}

/** What must change for a message to be shown anew. */
export function messagePrint(app, message, extra = "") {
  const { state } = app;
  const replies = state.repliesOf(message.ts).map(({ ts, user }) => `${ts}${user}`);
  const mentions = state.mentionsIn(message.channel, message.ts);
  return JSON.stringify([message, extra, replies, mentions, state.locale, state.me, state.thread === message.ts]);
}

function classes(message, grouped) {
  const names = [
    "message",
    grouped && "grouped",
    message.ephemeral && "ephemeral",
    message.error && "failed",
  ];
  return names.filter(Boolean).join(" ");
}

function head(app, message) {
  const { state } = app;
  const badge = state.isBot(message.user) && h("span", { class: "badge" }, state.say("app-badge"));
  return h("header", { class: "message-head" }, h("strong", { class: "author" }, state.name(message.user)), badge, timeNode(app, message));
}

function timeNode(app, { ts }) {
  const date = moment(ts);
  const { locale } = app.state;
  return h("time", { datetime: date.toISOString(), title: fullMoment(date, locale) }, clock(date, locale));
}

/** Blocks stand in the place of the text, as in Slack; Slack's own line about a failed command in place of both. */
function content(message, surface) {
  const edited = message.edited ? h("span", { class: "edited" }, ` ${surface.say("edited")}`) : null;
  if (message.error) return [h("p", { class: "error-line", role: "alert" }, icon("warning"), message.error)];
  if (message.blocks?.length) return [blocks(message.blocks, surface), edited];
  if (!message.text) return [edited];
  return [h("div", { class: "mrkdwn text", lang: languageOf(message.text) }, mrkdwn(message.text, surface.view), edited)];
}

function threadLine(app, message, replies) {
  const { state } = app;
  const count = replies.length || message.reply_count;
  const people = [...new Set(replies.map(({ user }) => user))].slice(0, 4);
  const last = replies.at(-1);
  const mentions = state.mentionsIn(message.channel, message.ts);
  return h(
    "button",
    {
      type: "button",
      class: "thread-line",
      "aria-expanded": state.thread === message.ts,
      onclick: () => app.openThread(message.ts),
    },
    h("span", { class: "faces" }, ...people.map((id) => avatar(app, id, "small"))),
    h("span", { class: "count" }, state.say(count === 1 ? "reply" : "replies", { count })),
    mentions ? h("span", { class: "mentions" }, state.say(mentions === 1 ? "notification" : "notifications", { count: mentions })) : null,
    last && h("span", { class: "last" }, state.say("last-reply", { time: clock(moment(last.ts), state.locale) })),
  );
}

function replyButton(app, message) {
  const label = app.state.say("reply-in-thread");
  return h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, onclick: () => app.openThread(message.ts) }, icon("reply"));
}
