/** The line over a channel or the app: where one is, and on small screens the way to the rail. */

import { h, replace } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { avatar } from "./message.js";

export function makeHead(app) {
  const { state } = app;
  const menu = h("button", { type: "button", class: "icon-button rail-button", onclick: () => app.toggleRail() }, icon("menu"));
  const title = h("h2", {});
  const about = h("p", { class: "about" });
  const node = h("header", { class: "pane-head" }, menu, h("div", { class: "pane-title" }, title, about));
  let shown = "";

  function update() {
    const { say, workspace: { bot }, place } = state;
    menu.setAttribute("aria-label", say("channels-and-apps"));
    menu.setAttribute("aria-expanded", String(state.isRailOpen));
    const channel = place.kind === "channel" ? state.channel(place.id) : null;
    const name = channel?.name ?? bot.display_name;
    const member = channel && say(channel.bot_is_member ? "has-bot" : "has-no-bot", { bot: bot.display_name });
    const words = channel?.is_shared ? `${member} · ${say("shared")}` : member;
    const print = JSON.stringify([place, name, words]);
    if (print === shown) return;
    shown = print;
    replace(title, place.kind === "channel" ? icon("hash") : avatar(app, bot.id, "small"), name);
    replace(about, words);
    document.title = `${place.kind === "channel" ? "#" : ""}${name} · ${state.workspace.team}`;
  }
  return { node, update };
}
