/** The left rail: the workspace, its channels, the app, and whom one acts as. */

import { h, keyed, newId } from "../dom/dom.js";
import { languageName } from "../text/format.js";
import { icon } from "../dom/icons.js";
import { avatar } from "./message.js";

export function makeRail(app) {
  const { state } = app;
  const team = h("h1", {});
  const channelsTitle = h("h2", { id: newId("title") });
  const channels = h("ul", { "aria-labelledby": channelsTitle.id });
  const appsTitle = h("h2", { id: newId("title") });
  const apps = h("ul", { "aria-labelledby": appsTitle.id });
  const legend = h("legend", {});
  const people = h("div", { class: "people" });
  const name = newId("as");
  const nav = h("nav", {}, channelsTitle, channels, appsTitle, apps);
  const node = h("div", { class: "rail" }, h("header", { class: "rail-head" }, team), nav, h("fieldset", { class: "act-as" }, legend, people));

  function update() {
    const { say, workspace } = state;
    node.classList.toggle("open", state.isRailOpen);
    nav.setAttribute("aria-label", say("channels-and-apps"));
    team.textContent = workspace.team;
    channelsTitle.textContent = say("channels");
    appsTitle.textContent = say("apps");
    legend.textContent = say("act-as");
    const row = { key: (item) => item.id, print: (item) => JSON.stringify(item), make: (item) => h("li", {}, entry(item)) };
    keyed(channels, state.channels.map(channelItem), row);
    keyed(apps, [appItem(workspace.bot)], row);
    const shown = workspace.people.filter((p) => p.is_active).map((p) => ({ ...p, isMe: p.id === state.me, mentions: state.notificationsOf(p) }));
    keyed(people, shown, {
      key: (p) => p.id,
      print: ({ notifications, ...p }) => JSON.stringify([p, state.locale]),
      make: person,
    });
  }

  function channelItem({ id, name: label }) {
    const isHere = state.place.kind === "channel" && state.place.id === id;
    return { id, label, isHere, isUnread: !isHere && state.hasUnread(id), mentions: state.mentionsIn(id), kind: "channel" };
  }

  function appItem(bot) {
    const mentions = state.mentionsIn(state.workspace.direct);
    return { id: "app", label: bot.display_name, isHere: state.place.kind === "app", isUnread: mentions > 0, mentions, kind: "app", bot: bot.id };
  }

  function entry({ id, label, isHere, isUnread, mentions, kind, bot }) {
    const go = () => (kind === "app" ? app.openApp() : app.go({ kind, id }));
    return h(
      "button",
      { type: "button", class: isUnread || mentions ? "entry unread" : "entry", "aria-current": isHere ? "page" : null, onclick: go },
      kind === "app" ? avatar(app, bot, "tiny") : icon("hash"),
      h("span", { class: "entry-name" }, label),
      badge(mentions),
    );
  }

  /** How many notifications there are, as a number on red; nothing if there are none. */
  function badge(count) {
    if (!count) return null;
    const label = state.say(count === 1 ? "notification" : "notifications", { count });
    return h("span", { class: "count", role: "img", "aria-label": label, title: label }, String(count));
  }

  function person({ id, real_name: realName, locale, isMe, mentions }) {
    const input = h("input", { type: "radio", name, value: id, checked: isMe, onchange: () => app.become(id) });
    const words = h("span", { class: "person-name" }, h("span", {}, realName), h("small", { lang: locale }, languageName(locale)));
    return h("label", { class: "person" }, input, avatar(app, id, "small"), words, badge(mentions));
  }
  return { node, update };
}
