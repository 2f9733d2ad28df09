/** The list of slash commands over the composer. */

import { h, keyed, newId } from "../dom/dom.js";

/** Commands that Slack itself has; the page carries them out. */
export function ownCommands({ say, workspace: { bot } }) {
  const hint = `@${bot.name}`;
  return [
    { command: "/invite", description: say("invite-about"), usage_hint: hint },
    { command: "/remove", description: say("remove-about"), usage_hint: hint },
  ];
}

/**
 * Complete commands in a text field. `choose(command)` takes one over; `update` follows what is typed.
 * `key(event)` gives true for a key that the list has used.
 */
export function makeCompletion(app, input, choose) {
  const list = h("ul", { id: newId("commands"), class: "completion", role: "listbox", hidden: true });
  const hint = h("p", { class: "usage-hint", hidden: true });
  let matches = [];
  let active = 0;
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);

  function update() {
    const { state } = app;
    const text = input.value;
    const all = [...state.workspace.commands, ...ownCommands(state)];
    matches = /^\/\S*$/.test(text) && document.activeElement === input ? all.filter(({ command }) => command.startsWith(text)) : [];
    active = Math.min(active, Math.max(0, matches.length - 1));
    list.hidden = !matches.length;
    list.setAttribute("aria-label", state.say("commands"));
    keyed(list, matches, { key: (m) => m.command, print: (m) => JSON.stringify([m, m === matches[active]]), make: row });
    if (matches.length) input.setAttribute("aria-activedescendant", list.children[active].id);
    else input.removeAttribute("aria-activedescendant");
    showHint(all.find(({ command }) => text.startsWith(`${command} `)));
  }

  function showHint(known) {
    hint.hidden = !known?.usage_hint;
    hint.replaceChildren(h("b", {}, known?.command ?? ""), " ", known?.usage_hint ?? "");
  }

  function row(match) {
    return h(
      "li",
      {
        id: newId("command"),
        role: "option",
        "aria-selected": match === matches[active],
        onmousedown: (event) => event.preventDefault(),
        onclick: () => choose(match),
      },
      h("span", { class: "command" }, h("b", {}, match.command), " ", h("i", {}, match.usage_hint ?? "")),
      h("small", {}, match.description ?? ""),
    );
  }

  function key(event) {
    if (list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) active = (active + step + matches.length) % matches.length;
    else if (event.key === "Escape") list.hidden = true;
    else if (event.key === "Tab" || event.key === "Enter") return take(event.key);
    else return false;
    if (step) update();
    return true;
  }

  /** Enter sends a command that is typed in full; otherwise it takes over the marked one. */
  function take(pressed) {
    if (pressed === "Enter" && matches[active].command === input.value) return false;
    choose(matches[active]);
    return true;
  }
  return { list, hint, update, key, close: () => (list.hidden = true) };
}
