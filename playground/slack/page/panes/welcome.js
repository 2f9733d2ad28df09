/** The first lines of a channel: what to try where nothing has been said, and how the bot gets in. */

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const EXAMPLES = { "/sechub-scan": ["S3.8 EC2.19", "", "help"] };

/** Keyed items above the first message. */
export function welcome(app, channel, count) {
  if (!channel) return [];
  const { state } = app;
  const print = JSON.stringify([channel, count === 0, state.locale, state.workspace.commands]);
  return [{ key: "welcome", print, make: () => node(app, channel, count === 0) }];
}

function node(app, channel, isEmpty) {
  const { say, workspace: { bot } } = app.state;
  const name = `#${channel.name}`;
  return h(
    "section",
    { class: "welcome", "aria-label": name },
    h("h2", {}, icon("hash"), channel.name),
    h("p", {}, say("beginning", { channel: name })),
    !channel.bot_is_member && absent(app, channel),
    isEmpty && channel.bot_is_member && h("div", { class: "try" }, h("p", {}, say("try", { bot: bot.display_name })), h("ul", {}, ...examples(app))),
  );
}

function absent(app, channel) {
  const { say, workspace: { bot } } = app.state;
  const invite = h("button", { type: "button", class: "button small", onclick: () => app.setMembership(channel.id, true) }, say("invite", { bot: bot.display_name }));
  return h("p", { class: "absent" }, icon("warning"), h("span", {}, say("absent", { bot: bot.display_name, channel: `#${channel.name}` })), invite);
}

/** Each goes into the composer by a click, where it can be changed before it is sent. */
function examples(app) {
  const { say, workspace: { commands } } = app.state;
  return commands.flatMap(({ command }) =>
    (EXAMPLES[command] ?? [""]).map((parameters) => {
      const text = `${command} ${parameters}`.trim();
      const about = command in EXAMPLES ? say(`try-${parameters.split(" ")[0] || "form"}`) : "";
      return h("li", {}, h("button", { type: "button", class: "try-command", onclick: () => app.compose(text) }, h("code", {}, text), h("span", {}, about)));
    }),
  );
}
