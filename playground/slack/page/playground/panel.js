/** The playground's own controls, which real Slack does not have, in a bar over it. */

import { api } from "../world/api.js";
import { h, keyed, replace } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

export function makePanel(app) {
  const { state } = app;
  const label = h("strong", { class: "bar-label" });
  const actions = h("div", { class: "bar-actions" });
  const member = h("button", { type: "button", role: "switch", class: "switch", onclick: toggleMember });
  const faults = drawerButton(app, "faults", "bolt");
  const traffic = drawerButton(app, "traffic", "traffic");
  const theme = h("button", { type: "button", class: "icon-button", onclick: () => toggleTheme(app) });
  const node = h("section", { class: "bar" }, label, actions, member, h("span", { class: "grow" }), faults.node, traffic.node, theme);

  function toggleMember() {
    const channel = state.channel(state.place.id);
    app.setMembership(channel.id, !channel.bot_is_member);
  }

  function update() {
    const { say, workspace: { panel, bot } } = state;
    node.setAttribute("aria-label", say("playground"));
    label.textContent = say("playground-short");
    keyed(actions, panel, {
      key: ({ id }) => id,
      print: (action) => JSON.stringify([action, state.locale]),
      make: (action) => actionButton(app, action),
    });
    const channel = state.place.kind === "channel" ? state.channel(state.place.id) : null;
    member.hidden = !channel;
    member.setAttribute("aria-checked", String(Boolean(channel?.bot_is_member)));
    const words = say("member", { bot: bot.display_name, channel: `#${channel?.name}` });
    member.setAttribute("aria-label", words);
    replace(member, h("span", { class: "knob" }), h("span", { class: "long" }, words), h("span", { class: "short" }, bot.display_name));
    faults.update(state.workspace.faults.reduce((sum, { count }) => sum + count, 0));
    traffic.update(state.workspace.traffic.length);
    const isDark = darkNow();
    replace(theme, icon(isDark ? "sun" : "moon"));
    theme.setAttribute("aria-label", say(isDark ? "to-light" : "to-dark"));
    theme.title = say(isDark ? "to-light" : "to-dark");
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update);
  return { node, update };
}

function actionButton(app, { id, label }) {
  const { state } = app;
  const text = state.locale.startsWith("ja") ? label.ja : label.en;
  const run = async ({ currentTarget }) => {
    if (currentTarget.getAttribute("aria-busy") === "true") return;
    currentTarget.setAttribute("aria-busy", "true");
    await app.attempt(() => api.panel({ id, channel: state.place.kind === "channel" ? state.place.id : "" }));
    currentTarget.removeAttribute("aria-busy");
  };
  return h("button", { type: "button", class: "button small", "data-panel": id, onclick: run }, icon("play"), h("span", {}, text));
}

function drawerButton(app, name, picture) {
  const words = h("span", { class: "bar-word" });
  const count = h("span", { class: "count" });
  const node = h("button", { type: "button", class: "button small", "aria-controls": "drawer", onclick: () => app.toggleDrawer(name) }, icon(picture), words, count);
  function update(number) {
    words.textContent = app.state.say(name);
    count.textContent = String(number);
    count.hidden = !number;
    node.setAttribute("aria-expanded", String(app.state.drawer === name));
  }
  return { node, update };
}

function darkNow() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The page follows the system until one chooses otherwise; the choice is kept in this browser. */
export function restoreTheme() {
  const chosen = localStorage.getItem("theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
}

function toggleTheme(app) {
  const next = darkNow() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem("theme", next);
  app.update();
}
