// The dialog of admins: who may post and who may read, over /api/drains and /api/keys.

import * as api from "./api.js";
import { $, fit, make, showTime } from "./elements.js";
import * as format from "./format.js";

const reload_every_ms = 5000;

let timer = 0;

const words = (text) => text.split(/[\s,]+/).filter((word) => word !== "");

// Shows what went wrong; an answer that is good takes it away. Returns whether it is good.
function isGood(answer) {
  const problem = $("access-problem");
  problem.hidden = answer.kind === "ok";
  problem.textContent =
    answer.kind === "ok" ? ""
    : answer.kind === "unauthorized" ? "You are not signed in any more: close this, and enter a key."
    : answer.kind === "limited" ? `Too many requests. Wait ${answer.retry_s} s.`
    : (answer.message ?? "The service does not answer.");
  return answer.kind === "ok";
}

// Shows what nobody can ask for again.
function showIssued(title, text) {
  $("issued-title").textContent = title;
  $("issued-text").textContent = text;
  $("issued").hidden = false;
  $("issued-title").focus();
}

function hideIssued() {
  $("issued").hidden = true;
  $("issued-text").textContent = "";
}

/** Asks whether to do what cannot be undone. */
function isConfirmed(title, text, yes) {
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = yes;
  const dialog = $("confirm-dialog");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

// A moment of an answer, which may be null.
function fillTime(cell, at) {
  const time = cell.firstElementChild ?? cell.appendChild(make("time"));
  if (at) return showTime(time, new Date(at));
  time.textContent = "never";
  time.title = "";
  time.removeAttribute("datetime");
}

// A row with as many cells as the table has columns, the last of them with these buttons.
function rowMaker(table, buttons) {
  return () => {
    const row = make("tr");
    for (const head of table.tHead.rows[0].cells) row.append(make("td", head.className));
    for (const cell of row.cells) cell.dataset.label = table.tHead.rows[0].cells[cell.cellIndex].innerText;
    row.lastElementChild.className = "actions";
    for (const label of buttons) {
      const button = make("button", "quiet", label);
      button.type = "button";
      row.lastElementChild.append(button);
    }
    return row;
  };
}

// The rows of a table, as many as there are entries; without one the table is not shown.
function rowsFor(table, entries, buttons) {
  table.parentElement.hidden = entries.length === 0;
  return fit(table.tBodies[0], entries.length, rowMaker(table, buttons));
}

function passwords(drain) {
  if (drain.passwords.length < 2) return "1";
  const used = drain.passwords[0].last_used_at;
  return `2, the old one ${used ? `used ${format.time(new Date(used))}` : "never used"}`;
}

async function rotate(drain) {
  if (drain.passwords.length > 1 && !(await isConfirmed(`Rotate ${drain.user}?`, "It has two passwords: the old one ends now.", "Rotate"))) return;
  const answer = await api.rotateDrain(drain.id);
  if (isGood(answer)) showIssued(`Add this at Heroku, then remove the old drain of ${drain.user} there`, answer.data.commands.join("\n"));
  reload();
}

async function removeDrain(drain) {
  if (!(await isConfirmed(`Remove ${drain.user}?`, `What it sends for ${drain.apps.join(", ")} is refused from then on.`, "Remove"))) return;
  isGood(await api.removeDrain(drain.id));
  reload();
}

function showDrains({ drains, span_s }) {
  $("drains-note").textContent = drains.length === 0 ? "none yet" : `rates and losses of the last ${format.count(span_s / 60)} minutes`;
  const rows = rowsFor($("drains"), drains, ["Rotate", "Remove"]);
  const byUser = [...drains].sort((a, b) => a.user.localeCompare(b.user));
  byUser.forEach((drain, i) => {
    const [user, apps, seen, rate, lost, kept, actions] = rows[i].cells;
    const isRegistered = drain.registered_in === "registry";
    user.textContent = drain.user;
    apps.textContent = drain.apps.join(", ");
    fillTime(seen, drain.last_seen_at);
    rate.textContent = format.rate(drain.lines_per_second);
    lost.textContent = format.compact(drain.lost_lines);
    lost.dataset.level = drain.lost_lines > 0 ? "critical" : "none";
    kept.textContent = isRegistered ? passwords(drain) : `in ${drain.registered_in}`;
    const [turn, end] = actions.children;
    turn.hidden = end.hidden = !isRegistered;
    turn.ariaLabel = `Rotate ${drain.user}`;
    end.ariaLabel = `Remove ${drain.user}`;
    turn.onclick = () => rotate(drain);
    end.onclick = () => removeDrain(drain);
  });
}

async function removeKey(key) {
  if (!(await isConfirmed(`Remove ${key.name}?`, "Whoever has this key reads no more, and its sessions and links end.", "Remove"))) return;
  isGood(await api.removeKey(key.id));
  reload();
}

function showKeys({ keys }) {
  $("keys-note").textContent = keys.length === 0 ? "none yet; once there is one, everybody needs a key" : "";
  const rows = rowsFor($("keys"), keys, ["Remove"]);
  const byName = [...keys].sort((a, b) => a.name.localeCompare(b.name));
  byName.forEach((key, i) => {
    const [name, role, apps, used, actions] = rows[i].cells;
    name.textContent = key.name;
    role.textContent = key.role === "admin" ? "admin" : "reads";
    apps.textContent = key.apps.length === 0 ? "all" : key.apps.join(", ");
    fillTime(used, key.last_used_at);
    const [end] = actions.children;
    end.ariaLabel = `Remove ${key.name}`;
    end.onclick = () => removeKey(key);
  });
}

// Asks for both lists now, and again while the dialog is open. What a change was answered stays on the page.
async function reload() {
  clearTimeout(timer);
  const [drains, keys] = await Promise.all([api.drains(), api.keys()]);
  if (drains.kind === "ok") showDrains(drains.data);
  if (keys.kind === "ok") showKeys(keys.data);
  for (const answer of [drains, keys]) if (answer.kind !== "ok") isGood(answer);
  clearTimeout(timer);
  if ($("access-dialog").open && drains.kind !== "unauthorized") timer = setTimeout(reload, reload_every_ms);
}

async function addDrain(event) {
  event.preventDefault();
  const answer = await api.addDrain(words($("drain-apps").value), $("drain-user").value.trim());
  if (isGood(answer)) {
    $("drain-form").reset();
    showIssued("Add this at Heroku", answer.data.commands.join("\n"));
  }
  reload();
}

async function addKey(event) {
  event.preventDefault();
  const answer = await api.addKey($("new-key-name").value.trim(), $("new-key-role").value, words($("new-key-apps").value));
  if (isGood(answer)) {
    $("new-key-form").reset();
    showIssued(`The key ${answer.data.name}`, answer.data.key);
  }
  reload();
}

async function signOutEverywhere() {
  const text = "Everybody who has signed in needs a key again, you too, and all links end.";
  if (!(await isConfirmed("Sign out everywhere?", text, "Sign out"))) return;
  if (isGood(await api.signOutEverywhere())) location.reload();
}

/** Shows the button to admins, and hides it from others. */
export async function offer() {
  const answer = await api.keys();
  $("access").hidden = answer.kind !== "ok";
}

/** Makes the button and the dialog work. */
export function prepare() {
  $("access").addEventListener("click", () => {
    $("access-dialog").showModal();
    reload();
  });
  $("access-dialog").addEventListener("close", () => {
    clearTimeout(timer);
    hideIssued();
  });
  $("access-close").addEventListener("click", () => $("access-dialog").close());
  $("issued-done").addEventListener("click", hideIssued);
  $("drain-form").addEventListener("submit", addDrain);
  $("new-key-form").addEventListener("submit", addKey);
  $("sign-out-everywhere").addEventListener("click", signOutEverywhere);
}
