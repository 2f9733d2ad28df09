/** Dialogs over the page. The browser keeps the focus inside, and gives it back when they close. */

import { h, newId } from "./dom.js";
import { icon } from "./icons.js";

/** Show a dialog until something closes it; `oncancel` is Escape or the cross. Gives its node. */
export function openDialog({ title, body, footer = null, className = "", say, oncancel }) {
  const titleId = newId("title");
  const cross = h("button", { type: "button", class: "icon-button", "aria-label": say("close"), onclick: () => oncancel() }, icon("close"));
  const dialog = h(
    "dialog",
    {
      class: `dialog ${className}`,
      "aria-labelledby": titleId,
      oncancel: (event) => {
        event.preventDefault();
        oncancel();
      },
    },
    h("header", { class: "dialog-head" }, h("h2", { id: titleId }, title), cross),
    body,
    footer,
  );
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Take a dialog away. */
export function closeDialog(dialog) {
  dialog.close();
  dialog.remove();
}

/**
 * Ask before an action, as a confirmation object says; true where the person confirms.
 *
 * Source: https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object.
 */
export function confirm(asked, { say, text }) {
  return new Promise((answer) => {
    const close = (value) => {
      closeDialog(dialog);
      answer(value);
    };
    const button = (label, style, value) =>
      h("button", { type: "button", class: `button ${style}`, onclick: () => close(value) }, label);
    const yes = button(asked.confirm?.text ?? say("yes"), asked.style === "danger" ? "danger" : "primary", true);
    const dialog = openDialog({
      title: asked.title?.text ?? say("are-you-sure"),
      body: h("div", { class: "dialog-body" }, text(asked.text)),
      footer: h("footer", { class: "dialog-foot" }, button(asked.deny?.text ?? say("cancel"), "", false), yes),
      className: "confirm",
      say,
      oncancel: () => close(false),
    });
    yes.focus();
  });
}
