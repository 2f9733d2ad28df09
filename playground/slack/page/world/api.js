/** The page's HTTP API, which the local Slack serves at the page's own origin. */

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Error(body.error ?? `HTTP ${response.status}`);
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

export const api = {
  workspace: async (as) => answer(await fetch(`/workspace${as ? `?as=${encodeURIComponent(as)}` : ""}`)),
  command: (body) => post("/do/command", body),
  say: (body) => post("/do/say", body),
  drop: (body) => post("/do/drop", body),
  act: (body) => post("/do/act", body),
  suggest: (body) => post("/do/suggest", body),
  submit: (body) => post("/do/submit", body),
  close: (body) => post("/do/close", body),
  home: (body) => post("/do/home", body),
  panel: (body) => post("/do/panel", body),
  fault: (body) => post("/do/fault", body),
  membership: (body) => post("/do/membership", body),
};
