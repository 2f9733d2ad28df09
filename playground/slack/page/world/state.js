/** What the page knows: the workspace as the acting person sees it, and where they look. */

import { words } from "../words/words.js";

const EMPTY = {
  version: 0,
  me: null,
  team: "",
  bot: { id: "", name: "", display_name: "" },
  people: [],
  channels: [],
  groups: [],
  direct: null,
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
  /** The tab of the app's own place: home, direct or about. */
  tab = "home";
  /** The newest ts when the page opened: until then everybody counts as having read everything. */
  openedAt = null;
  /** Per person and place, a channel or a thread: the ts up to which they have read. */
  read = new Map();
  /** Per person: the ts when they were last acted as. */
  lastActed = new Map();

  /** Take in a new copy; a copy of what another person sees came too late. */
  take(workspace) {
    if (this.me && workspace.me !== this.me) return;
    this.workspace = { ...EMPTY, ...workspace };
    this.isLoaded = true;
    this.openedAt ??= this.newest;
    this.me = workspace.me;
    if (this.place.kind === "channel" && !this.channel(this.place.id)) this.place.id = this.channels[0]?.id;
    if (this.thread && !this.message(this.thread)) this.thread = null;
    this.markRead();
  }

  become(id) {
    this.lastActed.set(this.me, this.newest);
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

  group(id) {
    return this.workspace.groups.find((group) => group.id === id);
  }

  get newest() {
    const seen = [this.workspace.messages.at(-1)?.ts, ...this.workspace.people.map((p) => p.notifications?.at(-1))];
    return seen.reduce((last, ts) => (ts > last ? ts : last), "");
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

  /** The channel that the composer writes into, if it is shown: the place's, or that of direct messages. */
  get composes() {
    if (this.place.kind === "channel") return this.place.id;
    return this.tab === "direct" ? this.workspace.direct : null;
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

  isUnread(message) {
    const place = isReply(message) ? message.thread_ts : message.channel;
    return message.ts > (this.read.get(`${this.me} ${place}`) ?? this.openedAt);
  }

  hasUnread(channel) {
    return this.workspace.messages.some((m) => m.channel === channel && !isReply(m) && m.user !== this.me && this.isUnread(m));
  }

  /** How many unread messages of a channel, or of a thread in it, have notified the acting person. */
  mentionsIn(channel, thread = null) {
    const isThere = (m) => m.channel === channel && (!thread || (m.thread_ts === thread && isReply(m)));
    return this.workspace.messages.filter((m) => m.notifies_me && isThere(m) && this.isUnread(m)).length;
  }

  /** How many messages have notified another person since the page was last theirs. */
  notificationsOf({ id, notifications = [] }) {
    const since = this.lastActed.get(id) ?? this.openedAt;
    return id === this.me ? 0 : notifications.filter((ts) => ts > since).length;
  }

  /** What the acting person looks at is read: a channel, their direct messages, an open thread. */
  markRead() {
    const { direct } = this.workspace;
    const isDirect = this.place.kind === "app" && this.tab === "direct";
    const here = this.place.kind === "channel" ? this.place.id : isDirect && direct;
    if (here) this.mark(here, this.messagesOf(this.place));
    if (this.thread) this.mark(this.thread, this.repliesOf(this.thread));
  }

  mark(place, messages) {
    this.read.set(`${this.me} ${place}`, messages.at(-1)?.ts ?? this.openedAt);
  }
}

function isReply({ thread_ts: thread, ts }) {
  return Boolean(thread) && thread !== ts;
}
