// The dialog that makes a link to what is shown, for people without a key.

import * as api from "./api.js";
import { $ } from "./elements.js";
import * as format from "./format.js";

async function makeLink(app) {
  const answer = await api.share(Number($("share-hours").value), app === "" ? [] : [app]);
  const isMade = answer.kind === "ok";
  $("share-link").textContent = isMade ? answer.data.link : "";
  $("share-command").hidden = !isMade;
  $("share-note").textContent =
    isMade ? `Whoever has this link sees ${app === "" ? "all that your key sees" : app} until ${format.time(new Date(answer.data.ends_at))}.`
    : answer.kind === "unauthorized" ? "Your session has ended: sign in again."
    : answer.kind === "limited" ? `Too many requests. Wait ${answer.retry_s} s.`
    : (answer.message ?? "The service does not answer.");
}

/** Makes the button and the dialog work; `chosenApp` returns the app that is shown, "" for all. */
export function prepare(chosenApp) {
  $("share").addEventListener("click", () => {
    $("share-command").hidden = true;
    $("share-note").textContent = chosenApp() === "" ? "The link shows all that your key sees." : `The link shows ${chosenApp()} only.`;
    $("share-dialog").showModal();
  });
  $("share-form").addEventListener("submit", (event) => {
    event.preventDefault();
    makeLink(chosenApp());
  });
  $("share-close").addEventListener("click", () => $("share-dialog").close());
}
