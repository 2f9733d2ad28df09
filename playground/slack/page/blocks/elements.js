/**
 * The elements that stand in section, actions, context and input blocks.
 *
 * Each is made from a slot: { block, element, surface, id, labelId, describedBy }. The surface is what the block
 * stands on (a message, a modal, the Home tab): its words, its form, and how it tells the app.
 */

import { confirm } from "../dom/dialog.js";
import { h } from "../dom/dom.js";
import { withEmoji } from "../text/emoji.js";
import { icon } from "../dom/icons.js";
import { INPUTS } from "./inputs.js";
import { isSafe } from "../text/links.js";
import { floating } from "../dom/floating.js";
import { SELECTS } from "./selects.js";
import { commit, hooks } from "./slot.js";

const STYLES = new Set(["primary", "danger"]);

/** Show an element, or a box that says that this page does not know it. */
export function element(slot) {
  const make = { button, workflow_button: button, overflow, image, ...SELECTS, ...INPUTS }[slot.element.type];
  return make ? make(slot) : unsupported(slot.element.type, slot.surface);
}

/** Say that something is there which this page cannot show. */
export function unsupported(type, surface) {
  return h("div", { class: "unsupported", role: "note" }, icon("warning"), surface.say("unsupported", { type: String(type) }));
}

/** An image's description: nothing is fetched from addresses that a message brings. */
export function image({ element: { alt_text: alt = "" }, surface }) {
  return h("span", { class: "image-alt", role: "img", "aria-label": alt }, icon("file"), alt || surface.say("image"));
}

function button(slot) {
  const { element: { text, style, url }, surface } = slot;
  const props = {
    ...hooks(slot, ""),
    class: `button ${STYLES.has(style) ? style : ""}`,
    "aria-label": slot.element.accessibility_label ?? null,
    onclick: (event) => press(slot, event),
  };
  const label = withEmoji(text?.text ?? "");
  if (!isSafe(url)) return h("button", { type: "button", ...props }, label);
  return h("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer", title: surface.say("opens") }, label);
}

/** Tell the app once, however often it is pressed before the app answers. */
async function press(slot, event) {
  const node = event.currentTarget;
  const { element: { confirm: asked, value }, surface } = slot;
  if (node.getAttribute("aria-busy") === "true") return;
  if (asked) event.preventDefault();
  if (asked && !(await confirm(asked, surface))) return;
  node.setAttribute("aria-busy", "true");
  await surface.act(slot, { value });
  node.removeAttribute("aria-busy");
}

function overflow(slot) {
  const { element: { options = [] }, surface } = slot;
  const menu = h("div", { role: "menu", class: "menu" });
  const props = {
    ...hooks(slot, surface.say("more")),
    type: "button",
    class: "button icon-only",
    "aria-haspopup": "menu",
    "aria-expanded": false,
  };
  const opener = h("button", props, icon("more"));
  const box = h("span", { class: "overflow" }, opener, menu);
  const popup = floating(menu, opener, { onclose: () => opener.setAttribute("aria-expanded", "false") });
  const choose = (option) => async () => {
    popup.close();
    opener.focus();
    if (isSafe(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    await commit(slot, { selected_option: option });
  };
  menu.append(...options.map((option) => menuItem(option, choose(option))));
  opener.addEventListener("click", () => {
    popup.toggle();
    opener.setAttribute("aria-expanded", String(popup.isOpen()));
    menu.firstElementChild?.focus();
  });
  menu.addEventListener("keydown", (event) => menuKey(event, menu, popup, opener));
  return box;
}

function menuItem(option, onclick) {
  const description = option.description && h("small", {}, option.description.text);
  return h("button", { type: "button", role: "menuitem", tabindex: "-1", onclick }, withEmoji(option.text.text), description);
}

function menuKey(event, menu, popup, opener) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault();
    event.stopPropagation();
    popup.close();
    opener.focus();
  }
}
