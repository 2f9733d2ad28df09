/** The modals that the app has open, of which one sees the topmost. */

import { api } from "../world/api.js";
import { blocks } from "../blocks/blocks.js";
import { closeDialog, openDialog } from "../dom/dialog.js";
import { h, replace } from "../dom/dom.js";
import { withEmoji } from "../text/emoji.js";
import { elementsOf } from "../blocks/form.js";
import { forgetForm, viewSurface } from "../blocks/surface.js";

/** Keeps one dialog for each open view, so that a lower one is as it was when the upper one closes. */
export function makeModals(app) {
  const { state } = app;
  const open = new Map();

  function update() {
    const views = state.workspace.views;
    for (const [key, modal] of open) {
      if (views.some(({ id }) => `${state.me}/${id}` === key)) continue;
      closeDialog(modal.dialog);
      open.delete(key);
      forgetForm(key);
    }
    views.forEach(({ id, view, error }, at) => {
      const key = `${state.me}/${id}`;
      if (!open.has(key)) open.set(key, new Modal(app, id, view));
      open.get(key).show(view, at === views.length - 1);
      open.get(key).complain(error ?? "");
    });
  }
  return { update };
}

class Modal {
  constructor(app, id, view) {
    this.app = app;
    this.id = id;
    this.print = "";
    this.complaint = "";
    this.body = h("div", { class: "dialog-body" });
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.foot = h("footer", { class: "dialog-foot" });
    this.form = h("form", { class: "dialog-form", novalidate: true, onsubmit: (event) => this.submit(event) }, this.body, this.problem, this.foot);
    this.dialog = openDialog({
      title: withEmoji(view.title?.text ?? ""),
      body: this.form,
      className: "modal",
      say: app.state.say,
      oncancel: () => this.close(),
    });
  }

  /** Show the view if it has changed; what is typed stays where the ids stay. */
  show(view, isTop) {
    this.dialog.classList.toggle("below", !isTop);
    const print = JSON.stringify([view.title, view.blocks, view.submit, view.close, this.app.state.locale]);
    if (print === this.print) return;
    const isFirst = !this.print;
    const held = this.body.contains(document.activeElement) ? document.activeElement.dataset : null;
    this.print = print;
    this.view = view;
    this.surface = viewSurface(this.app, this.id, view, (block) => this.setError(block.block_id, ""));
    this.dialog.querySelector("h2").textContent = withEmoji(view.title?.text ?? "");
    replace(this.body, blocks(view.blocks ?? [], this.surface));
    replace(this.foot, ...this.buttons(view));
    if (isFirst) this.focusFirst();
    else this.refocus(held);
  }

  buttons({ submit, close }) {
    const { say } = this.app.state;
    this.submitButton = submit ? h("button", { type: "submit", class: "button primary" }, submit.text) : null;
    return [h("button", { type: "button", class: "button", onclick: () => this.close() }, close?.text ?? say("cancel")), this.submitButton];
  }

  focusFirst() {
    const field = this.body.querySelector("[autofocus], input, textarea");
    (field ?? this.submitButton ?? this.foot.querySelector("button")).focus();
  }

  refocus(held) {
    if (!held) return;
    const field = this.inputOf(held.blockId, held.actionId);
    if (field) field.focus();
    else this.focusFirst();
  }

  inputOf(blockId, actionId) {
    const all = [...this.body.querySelectorAll("[data-action-id]")];
    return all.find(({ dataset }) => dataset.blockId === blockId && (!actionId || dataset.actionId === actionId));
  }

  async submit(event) {
    event.preventDefault();
    if (!this.submitButton || this.submitButton.getAttribute("aria-busy") === "true") return;
    this.showProblem("");
    if (this.showErrors(this.missing())) return;
    this.submitButton.setAttribute("aria-busy", "true");
    const state = this.surface.form.values(this.view.blocks ?? []);
    try {
      const { errors } = await api.submit({ as: this.app.state.me, view_id: this.id, state });
      this.showErrors(errors ?? {});
    } catch (error) {
      this.showProblem(`${this.app.state.say("trouble")} (${error.message})`);
    }
    this.submitButton?.removeAttribute("aria-busy");
    this.app.refresh();
  }

  /** Slack does not ask the app about a form with a required input that is empty. */
  missing() {
    const { form, say } = this.surface;
    const empty = (block) => block.type === "input" && !block.optional && elementsOf(block).some((e) => form.isEmpty(block, e));
    const blocksOf = this.view.blocks ?? [];
    return Object.fromEntries(blocksOf.filter(empty).map(({ block_id: id }) => [id, say("required")]));
  }

  /** Put each error beside its input, that of no input above the buttons, and go to the first; true where there is one. */
  showErrors(errors) {
    for (const { block_id: id } of this.view.blocks ?? []) this.setError(id, errors[id] ?? "");
    this.showProblem(errors[""] ?? "");
    const [first] = Object.keys(errors);
    if (first !== undefined) this.inputOf(first)?.focus();
    return first !== undefined;
  }

  setError(blockId, text) {
    const block = [...this.body.querySelectorAll(".block")].find(({ dataset }) => dataset.blockId === blockId);
    const line = block?.querySelector(".input-error");
    if (!line) return;
    line.textContent = text;
    line.hidden = !text;
    block.classList.toggle("has-error", Boolean(text));
    const field = block.querySelector("[data-action-id]");
    if (text) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }

  /** Show what the local Slack says of the view as a whole, once for each time that it says something else. */
  complain(text) {
    if (text !== this.complaint) this.showProblem(text);
    this.complaint = text;
  }

  showProblem(text) {
    this.problem.textContent = text;
    this.problem.hidden = !text;
  }

  async close() {
    await this.app.attempt(() => api.close({ as: this.app.state.me, view_id: this.id }));
  }
}
