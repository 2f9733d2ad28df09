/** Elements made without HTML: every text from outside becomes a text node or an attribute's value. */

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "indeterminate"]);
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

let lastId = 0;

/** An id that no other element of the page has. */
export function newId(prefix = "id") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Make an element; `on…` are listeners, null, undefined and false leave an attribute or a child out. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Make an SVG element. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** Put these children in the place of all that a node has. */
export function replace(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) setProp(node, name, value);
  node.append(...present(children));
  return node;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Set one attribute, property or listener; aria-* keep a false as the word. */
export function setProp(node, name, value) {
  if (name.startsWith("aria-") && typeof value === "boolean") node.setAttribute(name, String(value));
  else if (PROPERTIES.has(name)) node[name] = value ?? "";
  else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? "" : value);
}

const rows = new WeakMap();

/**
 * Make a parent's children follow a list: what has not changed stays the same node, with its scroll
 * position, focus and half-typed input.
 *
 * `key` names an item, `print` is a string that changes when the item must be shown anew, `make` shows it.
 */
export function keyed(parent, items, { key, print, make }) {
  const before = rows.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const old = before.get(key(item));
    const mark = print(item);
    if (old?.mark === mark) {
      after.set(key(item), old);
      continue;
    }
    const node = make(item, old?.node);
    if (old) swap(old.node, node);
    after.set(key(item), { mark, node });
  }
  for (const [name, { node }] of before) if (!after.has(name)) node.remove();
  place(parent, [...after.values()]);
  rows.set(parent, after);
}

function place(parent, wanted) {
  let next = parent.firstChild;
  for (const { node } of wanted) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

/** Put one node in another's place; the focus stays on what corresponds to the focused element. */
export function swap(old, fresh) {
  const active = document.activeElement;
  const held = old.contains(active) && old !== active ? spot(old, active) : null;
  old.replaceWith(fresh);
  if (held) find(fresh, held)?.focus({ preventScroll: true });
}

function spot(root, active) {
  const index = [...root.querySelectorAll(FOCUSABLE)].indexOf(active);
  return { index, tag: active.tagName, block: active.dataset.blockId, action: active.dataset.actionId };
}

function find(root, held) {
  const all = [...root.querySelectorAll(FOCUSABLE)];
  const named = all.find((n) => n.dataset.actionId === held.action && n.dataset.blockId === held.block);
  if (held.action) return named;
  return all[held.index]?.tagName === held.tag ? all[held.index] : undefined;
}

/** "ja" where a text holds kana, so that it gets Japanese glyphs and line breaks whoever reads it. */
export function languageOf(text) {
  return /[\u3040-\u30ff]/u.test(text) ? "ja" : null;
}

/** Call a function once its calls have paused for some milliseconds. */
export function debounced(milliseconds, run) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), milliseconds);
  };
}
