/** The app's own place: its Home tab, its direct messages, and what it can do. */

import { blocks } from "../blocks/blocks.js";
import { h, keyed, newId } from "../dom/dom.js";
import { follower, withDays } from "./messages.js";
import { viewSurface } from "../blocks/surface.js";

const TABS = ["home", "direct", "about"];

export function makeAppHome(app) {
  const { state } = app;
  const id = newId("tab");
  const tabs = TABS.map((name) =>
    h("button", { type: "button", role: "tab", id: `${id}-${name}`, "aria-controls": `${id}-panel`, onclick: () => app.openTab(name), onkeydown: move }),
  );
  const list = h("div", { class: "message-list" });
  const panel = follower(list, { role: "tabpanel", id: `${id}-panel`, tabindex: "0" });
  const tabList = h("div", { role: "tablist", class: "tabs" }, ...tabs);
  const node = h("div", { class: "app-home", hidden: true }, tabList, panel.node);

  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const to = (TABS.indexOf(state.tab) + step + TABS.length) % TABS.length;
    app.openTab(TABS[to]);
    tabs[to].focus();
  }

  function update() {
    node.hidden = state.place.kind !== "app";
    if (node.hidden) return;
    const { tab } = state;
    tabs.forEach((button, at) => {
      button.textContent = state.say(`tab-${TABS[at]}`);
      button.setAttribute("aria-selected", String(TABS[at] === tab));
      button.tabIndex = TABS[at] === tab ? 0 : -1;
    });
    tabList.setAttribute("aria-label", state.workspace.bot.display_name);
    panel.node.setAttribute("aria-labelledby", `${id}-${tab}`);
    keyed(list, content(app, tab), { key: (i) => i.key, print: (i) => i.print, make: (i) => i.make() });
  }
  return { node, update };
}

function content(app, tab) {
  if (tab === "home") return [home(app)];
  if (tab === "about") return [about(app)];
  const messages = app.state.messagesOf({ kind: "direct" });
  return messages.length ? withDays(app, messages) : [note(app, "no-direct-messages")];
}

function home(app) {
  const { home: given, bot } = app.state.workspace;
  if (!given) return note(app, "no-home");
  const view = given.view ?? given;
  const id = given.id ?? view.id ?? `home-${bot.id}`;
  return {
    key: "home",
    print: JSON.stringify([view, app.state.locale, app.state.me]),
    make: () => h("div", { class: "home" }, blocks(view.blocks ?? [], viewSurface(app, id, view))),
  };
}

function about(app) {
  const { commands } = app.state.workspace;
  const print = JSON.stringify([commands, app.state.locale]);
  const rows = () => commands.flatMap(({ command, description, usage_hint: hint }) => [h("dt", {}, h("code", {}, `${command} ${hint ?? ""}`)), h("dd", {}, description ?? "")]);
  return { key: "about", print, make: () => h("div", { class: "home" }, h("h3", {}, app.state.say("commands")), h("dl", { class: "command-list" }, ...rows())) };
}

function note(app, key) {
  const text = app.state.say(key, { bot: app.state.workspace.bot.display_name });
  return { key, print: text, make: () => h("p", { class: "empty" }, text) };
}
