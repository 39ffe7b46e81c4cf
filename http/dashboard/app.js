// The page's life: which app and window are chosen, when to ask again, and which state is shown.

import * as access from "./access.js";
import * as api from "./api.js";
import { charts } from "./charts.js";
import { $ } from "./elements.js";
import * as format from "./format.js";
import * as setup from "./setup.js";
import * as share from "./share.js";
import { view } from "./view.js";

const metrics_every_ms = 2000;
// Charts have steps of a minute and more: eight requests every two seconds would only use up the rate limit.
const series_every_ms = 10000;
const stale_after_ms = 6000;

const windows = ["1m", "5m", "1h", "24h", "all"];

const chosen = { app: "", window: "1h" };
let lastAnswerAt = null; // when the last good answer of GET /metrics came; what is on the page is from then
let trouble = ""; // why the last try was not good
let timer = 0;
let running = new AbortController();
let seriesDueAt = 0;
let isOffered = false; // asked whether the reader is an admin
let draw = null;
let graphs = null;

function readAddress() {
  const query = new URLSearchParams(location.search);
  chosen.app = query.get("app") ?? "";
  chosen.window = windows.includes(query.get("window")) ? query.get("window") : "1h";
}

function writeAddress() {
  const query = new URLSearchParams();
  if (chosen.app !== "") query.set("app", chosen.app);
  if (chosen.window !== "1h") query.set("window", chosen.window);
  const text = query.toString();
  history.replaceState(null, "", text === "" ? location.pathname : `?${text}`);
}

// One of loading, locked, unreachable, empty, data: style.css shows the parts that belong to it.
function show(state) {
  document.body.dataset.state = state;
}

function showLive() {
  const age_ms = lastAnswerAt === null ? null : Date.now() - lastAnswerAt;
  const isStale = age_ms !== null && age_ms > stale_after_ms;
  document.body.classList.toggle("stale", isStale);
  const live = $("live");
  const seen = lastAnswerAt === null ? "" : `Last answer ${format.utc(new Date(lastAnswerAt))}`;
  const [level, text] =
    document.body.dataset.state === "locked" ? ["wait", "Locked"]
    : isStale ? ["stale", `Stale: numbers of ${format.time(new Date(lastAnswerAt))}`]
    : trouble !== "" ? ["stale", trouble]
    : age_ms === null ? ["wait", "Connecting"]
    : ["live", "Live"];
  if (live.textContent !== text) live.textContent = text;
  live.dataset.level = level;
  live.title = seen;
}

function offerApps(apps) {
  const names = apps.includes(chosen.app) || chosen.app === "" ? apps : [...apps, chosen.app];
  const select = $("app");
  const offered = [...select.options].slice(1).map((option) => option.value);
  if (offered.join("\n") !== names.join("\n")) {
    select.replaceChildren(new Option("All apps", ""), ...names.map((name) => new Option(name, name)));
  }
  select.value = chosen.app;
}

function take(m) {
  lastAnswerAt = Date.now();
  if (!isOffered) access.offer();
  isOffered = true;
  trouble = m.database?.connected === false ? "The database is away" : "";
  offerApps(m.apps ?? []);
  $("unknown-app").hidden = chosen.app === "" || (m.apps ?? []).includes(chosen.app);
  $("unknown-app").textContent = `There is no app ${chosen.app}: nothing was counted under this name.`;
  draw(m);
  show(m.total_requests === 0 && (m.apps ?? []).length === 0 ? "empty" : "data");
}

// Shows what a bad answer means for the page; returns how long to wait before the next try.
function suffer(answer) {
  if (answer.kind === "unauthorized") {
    trouble = "";
    rememberSession(null);
    isOffered = false;
    $("access").hidden = true;
    show("locked");
    return null;
  }
  if (answer.kind === "limited") {
    trouble = "Too many requests: waiting";
    return answer.retry_s * 1000;
  }
  trouble = answer.kind === "refused" ? answer.message : "Unreachable";
  if (lastAnswerAt === null) show("unreachable");
  return metrics_every_ms;
}

async function poll(signal) {
  const answer = await api.metrics(chosen.app, chosen.window, signal);
  if (answer.kind === "aborted") return null;
  if (answer.kind === "other_apps") {
    offerApps(answer.apps);
    choose({ app: answer.apps[0] });
    return null;
  }
  if (answer.kind !== "ok") return suffer(answer);
  take(answer.data);
  if (Date.now() >= seriesDueAt && document.body.dataset.state === "data") {
    const drawn = await graphs.reload(chosen.app, chosen.window, signal);
    if (drawn.kind === "aborted") return null;
    if (drawn.kind !== "ok") return suffer(drawn);
    seriesDueAt = Date.now() + series_every_ms;
  }
  return metrics_every_ms;
}

// Asks now, and again when `poll` says. What was under way for an older choice is dropped.
async function start() {
  clearTimeout(timer);
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const wait_ms = await poll(signal);
  if (signal.aborted) return;
  showLive();
  if (wait_ms !== null && !document.hidden) timer = setTimeout(start, wait_ms);
}

function choose(change) {
  Object.assign(chosen, change);
  seriesDueAt = 0;
  writeAddress();
  start();
}

// The session's cookie is out of a script's reach. What is known of it is kept beside it: "open", or when a view ends that
// somebody has shared. `known` is null without a session.
function rememberSession(known) {
  if (known === null) localStorage.removeItem("parseflow-session");
  else localStorage.setItem("parseflow-session", known);
  showSession();
}

function showSession() {
  const known = localStorage.getItem("parseflow-session");
  $("sign-out").hidden = known === null;
  $("share").hidden = known !== "open";
  $("shared").hidden = known === null || known === "open";
  $("shared").textContent = $("shared").hidden ? "" : `Shared view, until ${format.time(new Date(known))}`;
}

// Says why there is no session now; `wrong` is for a secret that is not good.
function showKeyProblem(answer, wrong) {
  const problem = $("key-problem");
  problem.hidden = answer.kind === "ok";
  problem.textContent =
    answer.kind === "ok" ? ""
    : answer.kind === "unauthorized" ? wrong
    : answer.kind === "limited" ? `Too many tries. Wait ${answer.retry_s} s.`
    : answer.kind === "refused" ? answer.message
    : "The service does not answer.";
}

async function signIn(event) {
  event.preventDefault();
  const answer = await api.signIn($("key").value);
  showKeyProblem(answer, "This is not the key.");
  if (answer.kind !== "ok") return $("key").select();
  $("key-form").reset();
  rememberSession("open");
  show("loading");
  choose({});
}

async function signOut() {
  await api.signOut();
  rememberSession(null);
  location.reload();
}

// The token of a shared link stands in the fragment of the address, which browsers send to nobody.
async function takeUpShare() {
  const token = new URLSearchParams(location.hash.slice(1)).get("share");
  if (token === null) return;
  writeAddress(); // without the token
  const answer = await api.takeUpShare(token);
  showKeyProblem(answer, "This link has ended or is not whole. Ask for another one, or enter your key.");
  if (answer.kind === "ok" && answer.data !== null) rememberSession(answer.data.ends_at);
}

async function begin() {
  readAddress();
  draw = view();
  graphs = charts();
  setup.fill(document, location);
  for (const input of document.querySelectorAll("#window input")) {
    input.checked = input.value === chosen.window;
    input.addEventListener("change", () => choose({ window: input.value }));
  }
  offerApps([]);
  showSession();
  $("app").addEventListener("change", (event) => choose({ app: event.target.value }));
  $("key-form").addEventListener("submit", signIn);
  $("sign-out").addEventListener("click", signOut);
  share.prepare(() => chosen.app);
  access.prepare();
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : start()));
  window.addEventListener("hashchange", () => location.reload());
  setInterval(showLive, 1000);
  await takeUpShare();
  start();
}

begin();
