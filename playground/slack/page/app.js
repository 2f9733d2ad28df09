/** Puts the page together. Nothing is built elsewhere, and nothing but this page's own origin is asked. */

import { api } from "./world/api.js";
import { makeAppHome } from "./panes/apphome.js";
import { makeComposer } from "./panes/composer.js";
import { h } from "./dom/dom.js";
import { makeDrawer } from "./playground/drawer.js";
import { makeHead } from "./panes/head.js";
import { follow } from "./world/live.js";
import { makeMessages } from "./panes/messages.js";
import { makeModals } from "./panes/modal.js";
import { makePanel, restoreTheme } from "./playground/panel.js";
import { makeRail } from "./panes/rail.js";
import { State } from "./world/state.js";
import { makeThread } from "./panes/thread.js";
import { makeToasts } from "./panes/toasts.js";

class App {
  state = new State();
  toasts = makeToasts(this);
  rail = makeRail(this);
  head = makeHead(this);
  messages = makeMessages(this);
  composer = makeComposer(this);
  appHome = makeAppHome(this);
  thread = makeThread(this);
  panel = makePanel(this);
  drawer = makeDrawer(this);
  modals = makeModals(this);
  offline = h("p", { class: "offline", role: "status", hidden: true });
  veil = h("div", { class: "veil", onclick: () => this.toggleRail() });
  main = h("main", {}, this.head.node, this.messages.node, this.appHome.node, this.composer.node);
  workspace = h("div", { class: "workspace" }, this.rail.node, this.veil, this.main, this.thread.node);

  start() {
    restoreTheme();
    document.body.append(this.panel.node, this.offline, this.workspace, this.drawer.node, this.toasts.node);
    this.update();
    this.refresh = follow(
      () => this.load(),
      (isConnected) => this.connected(isConnected),
    );
  }

  async load() {
    this.state.take(await api.workspace(this.state.me));
    this.update();
  }

  connected(isConnected) {
    this.state.isConnected = isConnected;
    this.offline.hidden = isConnected;
    this.offline.textContent = isConnected ? "" : this.state.say("reconnecting");
  }

  update() {
    const { state } = this;
    document.documentElement.lang = state.locale;
    document.body.classList.toggle("loaded", state.isLoaded);
    this.workspace.classList.toggle("rail-open", state.isRailOpen);
    for (const part of [this.panel, this.rail, this.head, this.messages, this.appHome, this.thread, this.drawer, this.modals]) part.update();
    this.composer.node.hidden = state.place.kind === "app" && !state.composes;
    this.composer.update();
    document.body.dataset.me = state.me; // tells a test that all of the page is this person's
  }

  /** Do what a person wants done; an error is told, not thrown. True where it was done. */
  async attempt(run) {
    try {
      await run();
      return true;
    } catch (error) {
      this.toast(`${this.state.say("trouble")} (${error.message})`);
      return false;
    } finally {
      this.refresh();
    }
  }

  toast(text) {
    this.toasts.add(text);
  }

  go(place) {
    this.state.go(place);
    this.update();
    if (place.kind === "channel") this.composer.focus();
  }

  openApp() {
    if (this.state.mentionsIn(this.state.workspace.direct)) this.state.tab = "direct";
    this.go({ kind: "app" });
    return this.attempt(() => api.home({ as: this.state.me }));
  }

  become(id) {
    this.state.become(id);
    return this.refresh();
  }

  openThread(ts) {
    this.state.thread = ts;
    this.state.markRead();
    this.update();
  }

  openTab(name) {
    this.state.tab = name;
    this.state.markRead();
    this.update();
  }

  closeThread() {
    const { thread } = this.state;
    this.state.thread = null;
    this.update();
    document.querySelector(`[data-ts="${CSS.escape(thread)}"] .thread-line`)?.focus();
  }

  toggleRail() {
    this.state.isRailOpen = !this.state.isRailOpen;
    this.update();
  }

  toggleDrawer(name) {
    this.state.drawer = this.state.drawer === name ? null : name;
    this.update();
  }

  compose(text) {
    this.composer.put(text);
  }

  setMembership(channel, member) {
    return this.attempt(() => api.membership({ channel, member }));
  }
}

new App().start();
