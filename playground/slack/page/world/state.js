/** What the page knows: the workspace as the acting person sees it, and where they look. */

import { words } from "../words/words.js";

const EMPTY = {
  version: 0,
  me: null,
  team: "",
  bot: { id: "", name: "", display_name: "" },
  people: [],
  channels: [],
  commands: [],
  messages: [],
  views: [],
  home: null,
  panel: [],
  faults: [],
  fault_kinds: [],
  traffic: [],
};
const SLACKBOT = "USLACKBOT";

export class State {
  workspace = EMPTY;
  me = sessionStorage.getItem("me");
  place = { kind: "channel", id: sessionStorage.getItem("channel") };
  thread = null;
  drawer = null;
  isRailOpen = false;
  isConnected = true;
  isLoaded = false;
  /** Per person and channel: the ts up to which they have read. */
  read = new Map();

  /** Take in a new copy; a copy of what another person sees came too late. */
  take(workspace) {
    if (this.me && workspace.me !== this.me) return;
    this.workspace = { ...EMPTY, ...workspace };
    this.isLoaded = true;
    this.me = workspace.me;
    if (this.place.kind === "channel" && !this.channel(this.place.id)) this.place.id = this.channels[0]?.id;
    if (this.thread && !this.message(this.thread)) this.thread = null;
    this.markRead();
  }

  become(id) {
    this.me = id;
    this.thread = null;
    sessionStorage.setItem("me", id);
  }

  go(place) {
    this.place = place;
    this.thread = null;
    this.isRailOpen = false;
    if (place.kind === "channel") sessionStorage.setItem("channel", place.id);
    this.markRead();
  }

  /** The acting person's locale decides the language of the page's own words. */
  get locale() {
    return this.workspace.people.find(({ id }) => id === this.me)?.locale ?? navigator.language;
  }

  get say() {
    return words(this.locale);
  }

  person(id) {
    return this.workspace.people.find((person) => person.id === id);
  }

  isBot(id) {
    return id === this.workspace.bot.id || id === SLACKBOT || this.person(id)?.is_bot === true;
  }

  name(id) {
    if (id === this.workspace.bot.id) return this.workspace.bot.display_name;
    if (id === SLACKBOT) return "Slackbot";
    const person = this.person(id);
    return person?.real_name ?? person?.name ?? id;
  }

  /** The channels proper; direct messages with the app stand in the app's own place. */
  get channels() {
    return this.workspace.channels.filter(({ id, is_im: isDirect }) => !isDirect && !id.startsWith("D"));
  }

  channel(id) {
    return this.channels.find((channel) => channel.id === id);
  }

  message(ts) {
    return this.workspace.messages.find((message) => message.ts === ts);
  }

  /** The messages of a place that stand on their own, without the replies in threads. */
  messagesOf(place) {
    const isHere = ({ channel }) => (place.kind === "channel" ? channel === place.id : channel.startsWith("D"));
    return this.workspace.messages.filter((message) => isHere(message) && !isReply(message));
  }

  repliesOf(ts) {
    return this.workspace.messages.filter((message) => message.thread_ts === ts && isReply(message));
  }

  unreadOf(channel) {
    const last = this.read.get(`${this.me} ${channel}`) ?? "";
    return this.workspace.messages.filter((m) => m.channel === channel && !isReply(m) && m.ts > last && m.user !== this.me).length;
  }

  /** What was there before this page opened counts as read. */
  markRead() {
    for (const { id } of this.channels) {
      const key = `${this.me} ${id}`;
      const isHere = this.place.kind === "channel" && this.place.id === id;
      if (isHere || !this.read.has(key)) this.read.set(key, this.messagesOf({ kind: "channel", id }).at(-1)?.ts ?? "");
    }
  }
}

function isReply({ thread_ts: thread, ts }) {
  return Boolean(thread) && thread !== ts;
}
