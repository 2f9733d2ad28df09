/** Keeps the page's copy of the workspace fresh. */

import { debounced } from "../dom/dom.js";

const SETTLE_MILLISECONDS = 20;

/**
 * Load now, and again whenever the local Slack says that something has changed. `load` is an async
 * function; `connected` is told whether the line is up. Gives a function that loads at once.
 */
export function follow(load, connected) {
  let running = null;
  let again = false;
  async function refresh() {
    again = true;
    running ??= run();
    await running;
  }
  /** Only one request at a time; what changes in the meantime is read by another one after it. */
  async function run() {
    try {
      while (again) {
        again = false;
        await load();
      }
    } finally {
      running = null;
    }
  }
  const attempt = () => refresh().catch(() => connected(false));
  const soon = debounced(SETTLE_MILLISECONDS, attempt);
  const source = new EventSource("/changes");
  source.addEventListener("message", soon);
  source.addEventListener("open", () => {
    connected(true);
    soon();
  });
  source.addEventListener("error", () => connected(false));
  attempt();
  return attempt;
}
