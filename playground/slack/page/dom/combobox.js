/**
 * A field that one searches in and chooses from, one option or several.
 *
 * Source of its roles and keys: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/.
 */

import { debounced, h, keyed, newId, replace } from "./dom.js";
import { floating } from "./floating.js";
import { icon } from "./icons.js";

const TYPING_MILLISECONDS = 120;

/**
 * Make one. `spec`: props (of the input), placeholder, say, multiple, clearable, most, minimum (characters
 * before it searches), chosen ([{value, label}]), load(query) → [{label, options: [{value, label,
 * description}]}], change(chosen) → whether it is taken.
 */
export function combobox(spec) {
  return new Combobox(spec).node;
}

class Combobox {
  constructor(spec) {
    this.spec = spec;
    this.chosen = spec.chosen;
    this.options = [];
    this.active = -1;
    this.asked = 0;
    this.build();
    this.showChosen();
  }

  build() {
    const { spec } = this;
    const listId = newId("list");
    this.list = h("ul", { id: listId, role: "listbox", "aria-label": spec.say("options"), "aria-multiselectable": spec.multiple || null });
    this.note = h("div", { class: "combo-note", role: "status" });
    this.box = h("div", { class: "combo-list", onmousedown: (event) => event.preventDefault() }, this.list, this.note);
    this.chips = h("ul", { class: "chips", "aria-label": spec.say("chosen"), hidden: true });
    this.input = h("input", {
      ...spec.props,
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": false,
      "aria-controls": listId,
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onblur: () => this.close(),
    });
    this.clear = h("button", { type: "button", class: "clear", "aria-label": spec.say("clear"), onclick: () => this.take([]) }, icon("close"));
    this.node = h("div", { class: "combo", onclick: (event) => this.pressed(event) }, this.chips, this.input, this.clear, icon("down"), this.box);
    this.popup = floating(this.box, this.node, { wide: true, onclose: () => this.closed() });
    this.search = debounced(TYPING_MILLISECONDS, () => this.load());
  }

  /** A press anywhere in the field opens it, but for the buttons and the list in it. */
  pressed({ target }) {
    if (target.closest("button, .combo-list")) return;
    this.input.focus();
    this.open();
  }

  get query() {
    return this.spec.multiple || this.dirty ? this.input.value.trim() : "";
  }

  typed() {
    this.dirty = true;
    this.popup.show();
    this.search();
  }

  open() {
    if (this.popup.isOpen()) return;
    if (!this.spec.multiple) this.input.select();
    this.popup.show();
    this.load();
  }

  close() {
    this.popup.close();
    this.asked += 1;
    this.dirty = false;
    this.input.value = "";
    this.showChosen();
  }

  closed() {
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.active = -1;
  }

  /** Ask for options; only the answer to the last question counts. */
  async load() {
    const { spec, query } = this;
    this.asked += 1;
    const question = this.asked;
    if (query.length < (spec.minimum ?? 0)) {
      this.showOptions([], spec.say("type-to-search"));
      return;
    }
    const late = setTimeout(() => this.showOptions([], spec.say("searching")), 300);
    const groups = await spec.load(query).catch(() => null);
    clearTimeout(late);
    if (question !== this.asked) return;
    const none = spec.say(groups ? "no-matches" : "search-failed");
    this.showOptions(groups ?? [], groups?.some((group) => group.options.length) ? "" : none);
  }

  showOptions(groups, note) {
    this.options = groups.flatMap((group) => group.options);
    this.active = this.options.length ? 0 : -1;
    this.rows = this.options.map((option) => this.row(option));
    let from = 0;
    const parts = groups.map(({ label, options }) => {
      const rows = this.rows.slice(from, (from += options.length));
      return label ? h("ul", { role: "group", "aria-label": label }, h("li", { class: "group", role: "presentation" }, label), ...rows) : rows;
    });
    replace(this.list, parts);
    this.note.textContent = note;
    this.note.hidden = !note;
    this.mark();
    if (this.popup.isOpen()) this.popup.move();
  }

  row(option) {
    const isChosen = this.has(option);
    return h(
      "li",
      { id: newId("option"), role: "option", "aria-selected": isChosen, onclick: () => this.choose(option) },
      h("span", {}, option.label, option.description && h("small", {}, option.description)),
      isChosen && icon("check"),
    );
  }

  mark() {
    this.rows.forEach((row, at) => row.classList.toggle("active", at === this.active));
    const row = this.rows[this.active];
    this.input.setAttribute("aria-expanded", String(this.popup.isOpen()));
    if (row && this.popup.isOpen()) this.input.setAttribute("aria-activedescendant", row.id);
    row?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const isOpen = this.popup.isOpen();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !isOpen) this.open();
    else if (step && this.options.length) {
      this.active = (this.active + step + this.options.length) % this.options.length;
      this.mark();
    } else if (event.key === "Enter" && isOpen) {
      if (this.active >= 0) this.choose(this.options[this.active]);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.spec.multiple && !this.input.value && this.chosen.length) {
      this.take(this.chosen.slice(0, -1));
      return;
    } else return;
    event.preventDefault();
  }

  has(option) {
    return this.chosen.some(({ value }) => value === option.value);
  }

  /** Several are chosen one after the other: the list stays open, unless it needs another word to search. */
  choose(option) {
    const { multiple, most = Infinity, minimum } = this.spec;
    if (!multiple) {
      this.take([option]);
      return;
    }
    if (this.has(option)) this.take(this.chosen.filter(({ value }) => value !== option.value));
    else if (this.chosen.length < most) this.take([...this.chosen, option]);
    if (!minimum) this.open();
  }

  async take(chosen) {
    this.close();
    const before = this.chosen;
    this.chosen = chosen;
    this.showChosen();
    if (await this.spec.change(chosen)) return;
    this.chosen = before;
    this.showChosen();
  }

  showChosen() {
    const { spec, chosen } = this;
    if (spec.multiple) keyed(this.chips, chosen, { key: (o) => o.value, print: (o) => o.label, make: (o) => this.chip(o) });
    else this.input.value = chosen[0]?.label ?? "";
    this.chips.hidden = !spec.multiple || !chosen.length;
    this.input.placeholder = chosen.length ? "" : spec.placeholder;
    this.clear.hidden = !chosen.length || !(spec.clearable && !spec.multiple);
  }

  chip(option) {
    const remove = () => {
      this.take(this.chosen.filter(({ value }) => value !== option.value));
      this.input.focus();
    };
    const label = this.spec.say("remove", { name: option.label });
    return h("li", { class: "chip" }, h("span", {}, option.label), h("button", { type: "button", "aria-label": label, onclick: remove }, icon("close")));
  }
}
