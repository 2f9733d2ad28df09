/** Links that come from data: only schemes that cannot run anything. */

import { h } from "../dom/dom.js";

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** Tell whether an address may be a link: javascript:, data: and relative addresses may not. */
export function isSafe(address) {
  try {
    return SCHEMES.has(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** A link that opens elsewhere and tells the other page nothing. */
export function link(address, ...children) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
