/** Short notes of what went wrong, over dialogs too, until one takes them away or some seconds have passed. */

import { h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const SHOWN_MILLISECONDS = 12000;

export function makeToasts(app) {
  const node = h("div", { class: "toasts", popover: "manual" });

  function remove(toast) {
    toast.remove();
    if (!node.childElementCount && node.matches(":popover-open")) node.hidePopover();
  }

  function add(text) {
    const label = app.state.say("dismiss");
    const toast = h("div", { class: "toast", role: "alert" }, icon("warning"), h("span", {}, text));
    toast.append(h("button", { type: "button", class: "icon-button", "aria-label": label, onclick: () => remove(toast) }, icon("close")));
    // What is shown last lies on top: a toast must not lie under a dialog that opened after it.
    if (node.matches(":popover-open")) node.hidePopover();
    node.append(toast);
    node.showPopover();
    setTimeout(() => remove(toast), SHOWN_MILLISECONDS);
  }
  return { node, add };
}
