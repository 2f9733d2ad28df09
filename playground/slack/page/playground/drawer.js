/** The drawer at the foot of the page, for the log of the traffic and for faults. */

import { h } from "../dom/dom.js";
import { makeFaults } from "./faults.js";
import { icon } from "../dom/icons.js";
import { makeTraffic } from "./traffic.js";

export function makeDrawer(app) {
  const { state } = app;
  const parts = { traffic: makeTraffic(app), faults: makeFaults(app) };
  const title = h("h2", {});
  const close = h("button", { type: "button", class: "icon-button", onclick: () => app.toggleDrawer(null) }, icon("close"));
  const tools = Object.values(parts).map(({ tools: own }) => own);
  const head = h("header", { class: "drawer-head" }, title, ...tools, h("span", { class: "grow" }), close);
  const bodies = Object.values(parts).map(({ node: own }) => own);
  const node = h("section", { id: "drawer", class: "drawer", hidden: true, onkeydown: escape }, head, ...bodies);

  function escape(event) {
    if (event.key === "Escape") app.toggleDrawer(null);
  }

  function update() {
    node.hidden = !state.drawer;
    for (const [name, part] of Object.entries(parts)) {
      part.node.hidden = name !== state.drawer;
      part.tools.hidden = name !== state.drawer;
    }
    if (!state.drawer) return;
    title.textContent = state.say(state.drawer);
    node.setAttribute("aria-label", state.say(state.drawer));
    close.setAttribute("aria-label", state.say("close"));
    parts[state.drawer].update();
  }
  return { node, update };
}
