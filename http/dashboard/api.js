// Requests to the service this page came from. No function here throws: each returns what happened.

const timeout_ms = 5000;

/**
 * Sends one request. Returns {kind, ...} where kind is
 *   "ok" with data; "unauthorized"; "limited" with retry_s; "other_apps" with the apps that the key sees (not the one
 *   asked for, or not all); "refused" with message (any other status);
 *   "unreachable" (no answer in time); "aborted" (the caller's signal).
 */
async function send(path, options, signal) {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), timeout_ms);
  const forward = () => timer.abort();
  signal?.addEventListener("abort", forward);
  try {
    const response = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options, signal: timer.signal });
    if (response.status === 401) return { kind: "unauthorized" };
    if (response.status === 429) return { kind: "limited", retry_s: Number(response.headers.get("Retry-After")) || 5 };
    const text = await response.text();
    const data = text === "" ? null : JSON.parse(text);
    if (response.ok) return { kind: "ok", data };
    if (data?.apps) return { kind: "other_apps", apps: data.apps };
    return { kind: "refused", message: data?.message ?? `The service answered ${response.status}.` };
  } catch {
    return { kind: signal?.aborted ? "aborted" : "unreachable" };
  } finally {
    clearTimeout(timeout);
    signal?.removeEventListener("abort", forward);
  }
}

const json = { headers: { Accept: "application/json" } };

/** GET /metrics of one app ("" for all) and window. */
export function metrics(app, window, signal) {
  const query = new URLSearchParams({ window });
  if (app !== "") query.set("app", app);
  return send(`/metrics?${query}`, json, signal);
}

/** GET /api/series of several metrics; times in unix seconds. */
export function series(metrics, app, from, to, step, signal) {
  const query = new URLSearchParams({ metric: metrics.join(","), from, to, step });
  if (app !== "") query.set("app", app);
  return send(`/api/series?${query}`, json, signal);
}

const post = (path, body) => send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Trades a key for a session cookie. */
export const signIn = (key) => post("/session", { api_key: key });

/** Trades the token of a link for a session cookie; `data` has ends_at. */
export const takeUpShare = (token) => post("/session", { share: token });

/** Makes a link that shows these apps ([] for all that the key sees) for so many hours; `data` has link and ends_at. */
export const share = (hours, apps) => post("/api/shares", { hours, apps });

const remove = (path) => send(path, { method: "DELETE" });

/** Ends the session. */
export const signOut = () => remove("/session");

/** All drains; `data` has drains, and span_s: the time that their rates and losses are of. */
export const drains = () => send("/api/drains", json);

/** Registers a drain; a user is made up if it is "". `data` has the commands for Heroku, as nothing later has. */
export const addDrain = (apps, user) => post("/api/drains", user === "" ? { apps } : { apps, user });

/** Gives a drain a second password; `data` as above. */
export const rotateDrain = (id) => send(`/api/drains/${id}/rotate`, { method: "POST", body: "" });

/** Removes a drain. */
export const removeDrain = (id) => remove(`/api/drains/${id}`);

/** All keys; `data` has keys. */
export const keys = () => send("/api/keys", json);

/** Makes a key that reads or, if the role is "admin", changes drains and keys; `data` has it, as nothing later has. */
export const addKey = (name, role, apps) => post("/api/keys", { name, role, apps });

/** Removes a key, and ends its sessions. */
export const removeKey = (id) => remove(`/api/keys/${id}`);

/** Ends all sessions. */
export const signOutEverywhere = () => remove("/api/sessions");
