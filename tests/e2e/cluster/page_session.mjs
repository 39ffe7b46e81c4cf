// A person at the page: `page_session.mjs ORIGIN KEY SECONDS` signs in with the key, stays for so long, and prints what
// was seen as one line of JSON.

import { startBrowser } from "../dashboard/browser.mjs";

const [origin, key, seconds] = process.argv.slice(2);

const browser = await startBrowser({ ignoreHTTPSErrors: true }); // the authority is the test's own
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(30000);
  await page.goto(`${origin}/dashboard`);
  await page.locator("#key").fill(key);
  await page.locator("#key-form button").click();
  await page.locator(".tiles").waitFor();

  const statuses = [];
  const nodes = new Set();
  page.on("response", async (response) => {
    if (new URL(response.url()).pathname !== "/metrics") return;
    statuses.push(response.status());
    const answer = await response.json().catch(() => undefined);
    if (answer?.cluster) nodes.add(answer.cluster.node);
  });
  process.stderr.write("signed in\n");
  await page.waitForTimeout(Number(seconds) * 1000);
  await page.waitForFunction(() => document.querySelector("#live").innerText === "Live");
  const is_signed_in = (await page.locator(".tiles").isVisible()) && !(await page.locator("#key").isVisible());
  console.log(JSON.stringify({ statuses, nodes: [...nodes].sort(), is_signed_in, numbers: await page.locator("#rate-sub").innerText() }));
} finally {
  await browser.close();
}
