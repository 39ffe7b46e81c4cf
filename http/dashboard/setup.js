// The two commands that a newcomer needs, made for the address this page was opened at.

/** `heroku drains:add …` for this host; Heroku delivers over HTTPS. */
export function drainCommand(host) {
  return `heroku drains:add "https://USER:PASSWORD@${host}/logdrains" -a APP`;
}

/** One request line by curl, in the form that `heroku logs` prints. */
export function curlCommand(origin) {
  return [
    `curl '${origin}/logdrains?app=demo' -d "$(date -u +%FT%TZ)"' heroku[router]: at=info method=GET`,
    `path="/hello" host=demo.example.com fwd="203.0.113.9" dyno=web.1 connect=1ms service=24ms`,
    `status=200 bytes=512 protocol=https'`,
  ].join(" ");
}

/** Fills the commands in and makes the copy buttons work. */
export function fill(document, location) {
  document.getElementById("drain-command").textContent = drainCommand(location.host);
  document.getElementById("curl-command").textContent = curlCommand(location.origin);
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy), button));
  }
}

// The clipboard exists only in secure contexts; elsewhere the text is selected for the reader's own Ctrl-C.
async function copy(source, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = label), 1500);
}
