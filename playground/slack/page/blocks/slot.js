/** What every element has in common: its hooks in the page, and how a change reaches the form and the app. */

import { confirm } from "../dom/dialog.js";

/** The attributes by which labels, hints, errors and tests find an element. */
export function hooks({ block, element, id, labelId, describedBy }, name) {
  return {
    id,
    "data-block-id": block.block_id ?? "",
    "data-action-id": element.action_id ?? "",
    "aria-label": labelId ? null : name || null,
    "aria-describedby": describedBy ?? null,
  };
}

/** A name for an element outside an input block, which brings no label of its own. */
export function nameOf({ element }) {
  return element.placeholder?.text ?? element.action_id ?? "";
}

/** Tell whether a change goes to the app at once, or only with the form. */
export function dispatches({ block }) {
  return block.type !== "input" || block.dispatch_action === true;
}

/** Keep a change and tell the app of it; false where the person thinks better of it. */
export async function commit(slot, payload) {
  const { block, element, surface } = slot;
  if (dispatches(slot) && element.confirm && !(await confirm(element.confirm, surface))) return false;
  surface.form.set(block, element, payload);
  surface.touched(block);
  if (dispatches(slot)) await surface.act(slot, payload);
  return true;
}
