// The dashboard in a real browser, served by the real program. PARSEFLOW_SCREENSHOT=FILE also writes the README's picture.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startBrowser } from "./browser.mjs";
import { busyHour } from "./busy_hour.mjs";
import { Service, platformLine, routerLine } from "./service.mjs";

let browser;

before(async () => {
  browser = await startBrowser({ viewport: { width: 1440, height: 900 } });
  browser.setDefaultTimeout(20000);
});

after(async () => {
  await browser?.close();
});

/** A service that ends with the test `t`, however that turns out. */
async function serviceFor(t, environment) {
  const service = await Service.start(environment);
  t.after(() => service.stop());
  return service;
}

// Keeps the charts that uPlot makes, in the order of the page, where a test finds what they were given.
function keepCharts() {
  let real;
  const construct = (target, [options, data, box]) => {
    const chart = new target(options, data, box);
    const place = ["chart-requests", "chart-latency", "chart-errors"].indexOf(box.id);
    (window.keptCharts ??= [])[place] = chart;
    return chart;
  };
  Object.defineProperty(window, "uPlot", { get: () => real, set: (made) => (real = new Proxy(made, { construct })) });
}

/** What the chart of requests draws for each class: the height of its bar alone, at each step. */
const heights = (page) =>
  page.evaluate(() => {
    const { data, series } = window.keptCharts[0];
    const shown = Object.fromEntries(series.slice(1).map((one, i) => [one.label, { show: one.show, sums: data[i + 1] }]));
    let below = data[0].map(() => 0);
    const result = { times: data[0] };
    for (const name of ["2xx", "3xx", "4xx", "5xx"]) {
      if (!shown[name].show) continue;
      const base = below;
      result[name] = shown[name].sums.map((sum, i) => sum - base[i]);
      below = shown[name].sums;
    }
    return result;
  });

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

// Opens the page; collects script errors and refusals of the content policy, which must not exist.
async function open(service, address = "/dashboard", now = undefined) {
  const page = await browser.newPage();
  await page.addInitScript(keepCharts);
  if (now) await page.addInitScript((fixed) => (Date.now = () => fixed), now.getTime());
  page.wrongs = [];
  page.on("pageerror", (error) => page.wrongs.push(error.message));
  page.on("console", (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) page.wrongs.push(message.text());
  });
  await page.goto(service.origin + address);
  return page;
}

async function close(page) {
  assert.deepEqual(page.wrongs, []);
  await page.close();
}

const text = (page, selector) => page.locator(selector).innerText();

/** Waits until the element shows exactly `expected`. */
async function shows(page, selector, expected) {
  try {
    await page.waitForFunction(([where, what]) => document.querySelector(where)?.innerText.trim() === what, [selector, expected]);
  } catch {
    assert.equal(await text(page, selector), expected, selector);
  }
}

// The rows of a table as arrays of texts; columns that are not shown are left out.
const rows = (page, table) =>
  page
    .locator(`${table} tbody tr`)
    .evaluateAll((all) => all.map((row) => [...row.cells].filter((cell) => !cell.hidden).map((cell) => cell.innerText.trim())));

/** Waits until the chart has more than a few pixels in the colour of the page's variable `name`. */
async function isDrawn(page, chart, name) {
  const enough = ([id, variable]) => {
    const canvas = document.querySelector(`${id} canvas`);
    const hex = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) ++found;
    return found > 50;
  };
  await page.waitForFunction(enough, [chart, `--${name}`]).catch(() => assert.fail(`nothing in --${name} on ${chart}`));
}

// Nine requests: 2xx six times, a redirect, a 404 and a timeout; service 10, 20, … 80 ms and 30 s.
const first_body = [
  routerLine({ path: "/", service_ms: 10 }),
  routerLine({ path: "/", service_ms: 20 }),
  routerLine({ path: "/products/17", service_ms: 30 }),
  routerLine({ path: "/products/18?sort=price", service_ms: 40 }),
  routerLine({ path: "/cart", method: "POST", service_ms: 50, dyno: "web.2" }),
  routerLine({ path: "/cart", method: "DELETE", service_ms: 60, dyno: "web.2" }),
  routerLine({ path: "/old", status: 301, service_ms: 70, dyno: "web.2" }),
  routerLine({ path: "/nowhere", status: 404, service_ms: 80 }),
  routerLine({ path: "/report", status: 503, service_ms: 30000, level: "error", code: "H12" }),
];

test("dashboard: an empty service shows how to add a drain, and its curl command makes the first numbers", async (t) => {
  const service = await serviceFor(t);
  const page = await open(service);
  await page.locator("#drain-command").waitFor();
  const host = new URL(service.origin).host;
  assert.equal(await text(page, "#drain-command"), `heroku drains:add "https://USER:PASSWORD@${host}/logdrains" -a APP`);
  assert.match(await text(page, "#curl-command"), new RegExp(`^curl '${service.origin}/logdrains\\?app=demo' -d `));
  assert.equal(await page.locator(".tiles").isVisible(), false);

  await promisify(execFile)("bash", ["-c", await text(page, "#curl-command")]);
  await shows(page, "#rate-sub", "1 in the last hour");
  await shows(page, "#p50", "24ms");
  assert.equal(await page.locator("#drain-command").isVisible(), false);
  await close(page);
});

test("dashboard: it shows the numbers of what was posted, and of the next body without a reload", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", first_body);
  const page = await open(service);
  await shows(page, "#rate-sub", "9 in the last hour");
  await shows(page, "#success", "77.8");
  await shows(page, "#error", "22.2");
  await shows(page, "#error-sub", "1 4xx · 1 5xx");
  await shows(page, "#p50", "50ms");
  await shows(page, "#p95", "30.0s");
  await shows(page, "#p99", "30.0s");
  await shows(page, "#p95-sub", "1 over 250 ms");
  assert.deepEqual(await rows(page, "#endpoints").then((all) => all.map((row) => row.slice(0, 3)).sort()), [
    ["/", "2", "0 %"],
    ["/cart", "2", "0 %"],
    ["/nowhere", "1", "100 %"],
    ["/old", "1", "0 %"],
    ["/products/:id", "2", "0 %"],
    ["/report", "1", "100 %"],
  ]);
  const dynos = await rows(page, "#dynos");
  assert.deepEqual(dynos.map((row) => row.slice(0, 2)), [["web.1", "6"], ["web.2", "3"]]);
  assert.deepEqual(dynos[1], ["web.2", "3", "60 ms", "0 %", "healthy"]);
  assert.equal(dynos[0][4], "critical");
  const shares = async (id) =>
    page.locator(`${id} li`).evaluateAll((all) => all.map((item) => `${item.children[0].innerText} ${item.children[2].innerText}`));
  assert.deepEqual(await shares("#status-classes"), ["2xx 6", "3xx 1", "4xx 1", "5xx 1"]);
  assert.deepEqual(await shares("#methods"), ["GET 7", "POST 1", "DELETE 1"]);
  assert.deepEqual(await shares("#error-codes"), ["H12 1"]);
  assert.match(await text(page, "#database"), /^SQLite connected/);
  await shows(page, "#live", "Live");
  await isDrawn(page, "#chart-requests", "s2"); // the minute that is not over yet

  await page.evaluate(() => (window.sameDocument = true));
  await service.post("shop", [routerLine({ service_ms: 50 })]);
  await shows(page, "#rate-sub", "10 in the last hour");
  await shows(page, "#success", "80.0");
  assert.equal(await page.evaluate(() => window.sameDocument), true);
  await close(page);
});

test("dashboard: shows the memory and load of dynos, what add-ons report, and what the sender lost", async (t) => {
  const service = await serviceFor(t);
  const dyno = "dyno=heroku.190283746.0c7f1e52";
  await service.post("shop", [
    ...first_body,
    platformLine(
      "heroku",
      "web.1",
      `source=web.1 ${dyno} sample#memory_total=318.44MB sample#memory_rss=301.12MB sample#memory_swap=0.00MB sample#memory_quota=512.00MB`,
    ),
    platformLine("heroku", "web.1", `source=web.1 ${dyno} sample#load_avg_1m=0.41`),
    platformLine("heroku", "worker.1", `source=worker.1 ${dyno} sample#memory_total=600.00MB sample#memory_quota=512.00MB`),
    platformLine("heroku", "worker.1", "Error R14 (Memory quota exceeded)"),
    platformLine("heroku", "worker.1", "State changed from up to crashed"),
    platformLine("app", "heroku-postgres", "source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes sample#load-avg-1m=0.215"),
    platformLine("heroku", "logplex", "Error L10 (output buffer overflow): 317 messages dropped since 2026-03-02T14:06:58+00:00."),
  ]);
  const page = await open(service);
  await shows(page, "#lost", "317 lines");
  const dynos = await rows(page, "#dynos");
  assert.deepEqual(dynos[0].slice(4), ["318 MB · 62 %", "0.41", "critical"]);
  assert.deepEqual(dynos[1].slice(4), ["–", "–", "healthy"]);
  assert.deepEqual(dynos[2], ["worker.1", "–", "–", "–", "600 MB · 117 %", "–", "crashed"]);
  assert.deepEqual(await rows(page, "#addons"), [
    ["postgresql-angular-40817", "db_size", "7.3 GB", "7.3 GB"],
    ["postgresql-angular-40817", "load-avg-1m", "0.215", "0.215"],
  ]);
  const codes = await page.locator("#error-codes li .name").allInnerTexts();
  assert.deepEqual(codes.sort(), ["H12", "L10", "R14"]);
  await close(page);
});

test("dashboard: dynos and endpoints of several apps stand apart, each with its app", async (t) => {
  const service = await serviceFor(t);
  const sample = (mb) => platformLine("heroku", "web.1", `source=web.1 dyno=heroku.1.2 sample#memory_total=${mb}MB sample#memory_quota=512.00MB`);
  await service.post("shop", [routerLine({ service_ms: 10 }), routerLine({ service_ms: 10 }), sample("100.00")]);
  await service.post("blog", [routerLine({ service_ms: 40 }), sample("300.00")]);
  const page = await open(service);
  await shows(page, "#rate-sub", "3 in the last hour");
  const memory = (row) => [row[0], row[1], row[4]];
  assert.deepEqual((await rows(page, "#dynos")).map(memory), [["shop · web.1", "2", "100 MB · 20 %"], ["blog · web.1", "1", "300 MB · 59 %"]]);
  assert.deepEqual((await rows(page, "#endpoints")).map((row) => row.slice(0, 2)), [["shop · /", "2"], ["blog · /", "1"]]);
  await page.selectOption("#app", "blog");
  await shows(page, "#rate-sub", "1 in the last hour");
  assert.deepEqual((await rows(page, "#dynos")).map(memory), [["web.1", "1", "300 MB · 59 %"]]);
  await close(page);
});

test("dashboard: a class that is hidden takes no room, and the others keep their numbers", async (t) => {
  const service = await serviceFor(t);
  const at = new Date(Date.now() - 10 * 60000);
  const some = (n, status) => Array.from({ length: n }, () => routerLine({ at, status }));
  await service.post("shop", [...some(12, 200), ...some(3, 301), ...some(2, 404), ...some(1, 503)]);
  const page = await open(service);
  const totals = async () => {
    const { times, ...classes } = await heights(page);
    return Object.fromEntries(Object.entries(classes).map(([name, numbers]) => [name, sum(numbers)]));
  };
  await page.waitForFunction(() => window.keptCharts?.[0]?.data[1].some((n) => n > 0));
  assert.deepEqual(await totals(), { "2xx": 12, "3xx": 3, "4xx": 2, "5xx": 1 });
  const label = page.locator("#chart-requests .u-legend .u-series th", { hasText: "2xx" });
  await label.click();
  assert.deepEqual(await totals(), { "3xx": 3, "4xx": 2, "5xx": 1 });
  // The next answer and a change of the colours leave it at that.
  await service.post("shop", some(1, 301));
  await page.waitForFunction(() => window.keptCharts[0].data[3].reduce((all, one) => all + one) === 4, null, { timeout: 40000 });
  assert.deepEqual(await totals(), { "3xx": 4, "4xx": 2, "5xx": 1 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => window.keptCharts[0].series[4].show);
  assert.deepEqual(await totals(), { "2xx": 12, "3xx": 4, "4xx": 2, "5xx": 1 });
  await close(page);
});

test("dashboard: the newest step covers the time that has passed, and one that has just begun is not shown", async (t) => {
  const service = await serviceFor(t);
  const step_s = 600;
  const begin_s = (Math.floor(Date.now() / 1000 / step_s) - 2) * step_s;
  const at = (s) => new Date((begin_s + s) * 1000);
  // Twenty a minute: in all of the step before, and in the first three minutes of the newest.
  await service.post("shop", Array.from({ length: 200 }, (_, i) => routerLine({ at: at(3 * i - step_s) })));
  await service.post("shop", Array.from({ length: 60 }, (_, i) => routerLine({ at: at(3 * i) })));
  const last = async (page) => {
    await page.waitForFunction(() => window.keptCharts?.[0]?.data[0].length > 0);
    const { times, "2xx": numbers } = await heights(page);
    return [times.at(-1), numbers.at(-1), numbers.at(-2)];
  };
  const page = await open(service, "/dashboard?window=24h", at(180));
  assert.deepEqual(await last(page), [begin_s, 20, 20]);
  await shows(page, "#chart-requests .u-legend .u-series:nth-child(5) td", "20");
  await close(page);
  const early = await open(service, "/dashboard?window=24h", at(3));
  assert.deepEqual((await last(early)).slice(0, 2), [begin_s - step_s, 20]);
  await close(early);
});

test("dashboard: the axes of an empty chart and of one with rare requests show each number once", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", [platformLine("heroku", "web.1", "State changed from starting to up")]);
  const page = await open(service, "/dashboard?window=24h");
  const ticks = () => page.evaluate(() => window.keptCharts[0].axes[1]._values);
  await page.waitForFunction(() => window.keptCharts?.[0]?.data[0].length > 0);
  for (const posted of [[], [routerLine({ at: new Date(Date.now() - 3600 * 1000) })]]) {
    if (posted.length > 0) await service.post("shop", posted);
    await page.reload();
    await page.waitForFunction((n) => window.keptCharts?.[0]?.data.slice(1).flat().filter((x) => x > 0).length === 4 * n, posted.length);
    const shown = await ticks();
    assert.ok(shown.length > 2 && new Set(shown).size === shown.length, `each once: ${shown}`);
  }
  await close(page);
});

test("dashboard: the top says at once that the database is away", async (t) => {
  const service = await serviceFor(t, { DATABASE_URL: "postgres://nobody:wrong@127.0.0.1:1/parseflow" });
  await service.post("shop", first_body);
  const page = await open(service);
  await shows(page, "#rate-sub", "9 in the last hour");
  await shows(page, "#live", "The database is away");
  assert.equal(await page.locator("#live").getAttribute("data-level"), "stale");
  await close(page);
});

test("dashboard: an unknown app is reported as such, not drawn as nothing", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", first_body);
  const page = await open(service, "/dashboard?app=typo");
  await shows(page, "#unknown-app", "There is no app typo: nothing was counted under this name.");
  await page.selectOption("#app", "shop");
  await shows(page, "#rate-sub", "9 in the last hour");
  assert.equal(await page.locator("#unknown-app").isVisible(), false);
  await close(page);
});

test("dashboard: names from log lines stay text", async (t) => {
  const service = await serviceFor(t);
  const hostile = "/<img/src=x/onerror=window.hostile=1><script>window.hostile=1</script>";
  await service.post("shop", [
    routerLine({ path: hostile, dyno: "<svg/onload=window.hostile=1>" }),
    routerLine({ status: 503, level: "error", code: "<b>H12</b>" }),
    platformLine("app", "heroku-<b>redis</b>", "source=<img/src=x> addon=<img/src=x/onerror=window.hostile=1> sample#<b>depth</b>=1<b>"),
    platformLine("heroku", "<i>web.9</i>", "State changed from up to crashed"),
  ]);
  const page = await open(service);
  await page.locator("#endpoints tbody tr").nth(1).waitFor();
  const paths = await page.locator("#endpoints td.name").allInnerTexts();
  assert.ok(paths.includes(hostile), `the path is shown as it is: ${paths}`);
  assert.equal(await page.locator("main :is(img, script, svg, .shares b)").count(), 0);
  assert.equal(await page.evaluate(() => window.hostile), undefined);
  await close(page);
});

test("dashboard: an open alert stands above the numbers", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", Array.from({ length: 30 }, () => routerLine({ status: 503, level: "error" })));
  const page = await open(service);
  await page.locator("#alert-banner li").waitFor();
  await shows(page, "#alert-banner .badge", "critical");
  assert.equal(await text(page, "#alert-banner .message"), "100 % of 30 requests of shop in 5 min failed (limit 5 %)");
  // It is there only once.
  await shows(page, "#alerts", "No other alerts in the last hour.");
  await page.waitForFunction(() => document.title === "(1) ParseFlow");
  await close(page);
});

test("dashboard: app and window are kept in the address and narrow the numbers", async (t) => {
  const service = await serviceFor(t);
  const long_ago = new Date(Date.now() - 3 * 3600 * 1000);
  await service.post("shop", first_body);
  await service.post("blog", [routerLine(), routerLine({ at: long_ago })]);
  const page = await open(service);
  await shows(page, "#rate-sub", "10 in the last hour");
  await page.selectOption("#app", "blog");
  await shows(page, "#rate-sub", "1 in the last hour");
  assert.equal(await page.locator("#rate-sub").getAttribute("title"), "1 request in the last hour");
  await page.locator('#window label:has(input[value="all"])').click();
  await shows(page, "#rate-sub", "2 in all");
  await page.locator('#window label:has(input[value="24h"])').click();
  await shows(page, "#rate-sub", "2 in the last 24 hours");
  assert.equal(new URL(page.url()).search, "?app=blog&window=24h");
  await page.reload();
  await shows(page, "#rate-sub", "2 in the last 24 hours");
  assert.equal(await page.locator("#app").inputValue(), "blog");
  await close(page);
});

test("dashboard: charts are drawn, in both themes, and the page fits a phone", async (t) => {
  const service = await serviceFor(t);
  for (const lines of busyHour(new Date())) await service.post("shop", lines);
  const page = await open(service);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const name of ["s2", "s5"]) await isDrawn(page, "#chart-requests", name);
    for (const name of ["p50", "p95", "p99"]) await isDrawn(page, "#chart-latency", name);
    await isDrawn(page, "#chart-errors", "s5");
  }
  if (process.env.PARSEFLOW_SCREENSHOT) {
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(() => document.querySelector("#live").innerText === "Live");
    await page.screenshot({ path: process.env.PARSEFLOW_SCREENSHOT, fullPage: true });
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => document.querySelector("#chart-requests canvas").getBoundingClientRect().width < 390);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page is wider than the phone");
  await close(page);
});

test("dashboard: when the service is gone the last numbers stay, marked as stale, until it is back", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", first_body);
  const page = await open(service);
  await shows(page, "#rate-sub", "9 in the last hour");
  assert.equal(await service.pause(), 0);
  await page.waitForFunction(() => document.querySelector("#live").innerText.startsWith("Stale: numbers of"));
  assert.equal(await page.evaluate(() => document.body.classList.contains("stale")), true);
  await shows(page, "#rate-sub", "9 in the last hour");
  await service.resume();
  await shows(page, "#live", "Live");
  await shows(page, "#rate-sub", "9 in the last hour");
  await close(page);
});

test("dashboard: a page that finds no service says so and goes on when there is one", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", first_body);
  const page = await open(service);
  await shows(page, "#rate-sub", "9 in the last hour");
  await page.route("**/metrics*", (route) => route.abort());
  await page.reload();
  await page.locator("#unreachable-title").waitFor();
  await page.unroute("**/metrics*");
  await shows(page, "#rate-sub", "9 in the last hour");
  await close(page);
});

test("dashboard: a wrong key is refused, the right key opens the page, signing out closes it", async (t) => {
  const service = await serviceFor(t, { METRICS_API_KEY: "open sesame" });
  await service.post("shop", first_body);
  const page = await open(service);
  await page.locator("#key").fill("open barley");
  await page.locator("#key-form button").click();
  await shows(page, "#key-problem", "This is not the key.");
  assert.equal(await page.locator(".tiles").isVisible(), false);
  await page.locator("#key").fill("open sesame");
  await page.locator("#key-form button").click();
  await shows(page, "#rate-sub", "9 in the last hour");
  assert.equal(await page.locator("#key").isVisible(), false);
  await page.reload();
  await shows(page, "#rate-sub", "9 in the last hour");
  await page.locator("#sign-out").click();
  await page.locator("#key").waitFor();
  await close(page);
});

test("dashboard: a key of two apps opens the page on the first of them, and offers no other", async (t) => {
  const service = await serviceFor(t, { METRICS_API_KEY: "open sesame" });
  await service.post("shop", first_body);
  await service.post("blog", first_body);
  await service.post("other", first_body);
  const made = await promisify(execFile)(process.env.PARSEFLOW_BINARY, ["keys", "add", "support", "--app=shop", "--app=blog", `--storage.directory=${service.folder}`]);
  const page = await open(service);
  // The service looks at the registry every two seconds.
  for (;;) {
    await page.locator("#key").fill(made.stdout.trim());
    const answer = page.waitForResponse("**/session");
    await page.locator("#key-form button").click();
    if ((await answer).status() === 204) break;
  }
  await shows(page, "#rate-sub", "9 in the last hour");
  assert.equal(await page.locator("#app").inputValue(), "shop");
  await page.selectOption("#app", "blog");
  await page.waitForFunction(() => location.search.includes("app=blog"));
  await shows(page, "#rate-sub", "9 in the last hour");
  assert.deepEqual(await page.locator("#app option").allTextContents(), ["All apps", "blog", "shop"]);
  await close(page);
});

test("dashboard: a link that was shared shows one app without a key, and ends for all at once", async (t) => {
  const service = await serviceFor(t, { METRICS_API_KEY: "open sesame" });
  await service.post("shop", first_body);
  await service.post("blog", first_body);
  const page = await open(service, "/dashboard?app=shop");
  await page.locator("#key").fill("open sesame");
  await page.locator("#key-form button").click();
  await shows(page, "#rate-sub", "9 in the last hour");
  await page.locator("#share").click();
  await shows(page, "#share-note", "The link shows shop only.");
  await page.selectOption("#share-hours", "168");
  await page.locator('#share-form button[type="submit"]').click();
  await page.locator("#share-link").waitFor();
  const link = await text(page, "#share-link");
  assert.ok(link.startsWith(`${service.origin}/dashboard#share=`), link);
  assert.match(await text(page, "#share-note"), /^Whoever has this link sees shop until /);
  await close(page);
  // Another person's browser, without the session.
  await browser.clearCookies();
  const viewer = await open(service, link.slice(service.origin.length));
  await shows(viewer, "#rate-sub", "9 in the last hour");
  assert.equal(viewer.url(), `${service.origin}/dashboard`, "the token is not kept in the address");
  assert.match(await text(viewer, "#shared"), /^Shared view, until /);
  assert.equal(await viewer.locator("#share").isVisible(), false);
  assert.deepEqual(await viewer.locator("#app option").allTextContents(), ["All apps", "shop"]);
  await viewer.reload();
  await shows(viewer, "#rate-sub", "9 in the last hour");
  assert.match(await text(viewer, "#shared"), /^Shared view, until /);
  const key = { Authorization: "Bearer open sesame" };
  assert.equal((await fetch(`${service.origin}/api/sessions`, { method: "DELETE", headers: key })).status, 204);
  await viewer.locator("#key").waitFor();
  assert.equal(await viewer.locator("#shared").isVisible(), false);
  // The link is dead for those who open it now, whether the page is open already or not.
  await viewer.evaluate((address) => (location.href = address), link);
  await shows(viewer, "#key-problem", "This link has ended or is not whole. Ask for another one, or enter your key.");
  assert.equal(await viewer.locator(".tiles").isVisible(), false);
  await close(viewer);
});

test("dashboard: an admin adds, rotates and removes drains, and each command is shown once", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", first_body);
  const page = await open(service);
  await page.locator("#access").click();
  await shows(page, "#drains-note", "none yet");
  await page.locator("#drain-apps").fill("blog, api");
  await page.locator("#drain-user").fill("<b>heroku</b>");
  await page.locator("#drain-form button").click();
  await page.waitForFunction(() => /the user of a drain must be/.test(document.querySelector("#access-problem").innerText));
  await page.locator("#drain-user").fill("heroku");
  await page.locator("#drain-form button").click();
  await page.locator("#issued-text").waitFor();
  const host = new URL(service.origin).host;
  const first = (await text(page, "#issued-text")).split("\n");
  assert.equal(first.length, 2);
  const password = new RegExp(`^heroku drains:add 'https://heroku:(\\w{40})@${host}/logdrains\\?app=blog' -a blog$`).exec(first[0])?.[1];
  assert.ok(password, first[0]);
  assert.equal(await page.locator("#access-problem").isVisible(), false);
  await page.locator("#issued-done").click();
  assert.equal((await page.content()).includes(password), false);
  const only_row = async () => (await rows(page, "#drains"))[0];
  await page.waitForFunction(() => document.querySelector("#drains tbody").rows.length === 1);
  assert.deepEqual((await only_row()).slice(0, 6), ["heroku", "blog, api", "never", "0", "0", "1"]);

  const drained = await fetch(`${service.origin}/logdrains?app=blog`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`heroku:${password}`)}`, "Content-Type": "text/plain" },
    body: "a line",
  });
  assert.equal(drained.status, 204);
  await page.waitForFunction(() => document.querySelector("#drains tbody").rows[0].cells[2].innerText !== "never");

  await page.getByRole("button", { name: "Rotate heroku" }).click();
  await page.locator("#issued-text").waitFor();
  assert.equal((await text(page, "#issued-text")).includes(password), false);
  await page.waitForFunction(() => document.querySelector("#drains tbody").rows[0].cells[5].innerText.startsWith("2, the old one"));
  await page.getByRole("button", { name: "Rotate heroku" }).click(); // the old one would end
  await shows(page, "#confirm-title", "Rotate heroku?");
  await page.locator("#confirm-no").click();

  await page.getByRole("button", { name: "Remove heroku" }).click();
  await page.keyboard.press("Escape");
  assert.equal((await rows(page, "#drains")).length, 1);
  await page.getByRole("button", { name: "Remove heroku" }).click();
  await shows(page, "#confirm-text", "What it sends for blog, api is refused from then on.");
  await page.locator("#confirm-yes").click();
  await page.waitForFunction(() => document.querySelector("#drains tbody").rows.length === 0);
  await page.locator("#access-close").click();
  assert.equal(await page.locator("#issued-text").textContent(), "");
  await close(page);
});

test("dashboard: an admin makes and removes keys and signs everybody out; who only reads has no such button", async (t) => {
  const service = await serviceFor(t, { METRICS_API_KEY: "open sesame" });
  await service.post("shop", first_body);
  const sign_in = async (page, key) => {
    await page.locator("#key").fill(key);
    await page.locator("#key-form button").click();
    await shows(page, "#rate-sub", "9 in the last hour");
  };
  const page = await open(service);
  await sign_in(page, "open sesame");
  await page.locator("#access").click();
  await page.locator("#new-key-name").fill("support");
  await page.locator("#new-key-apps").fill("shop");
  await page.locator("#new-key-form button").click();
  await shows(page, "#issued-title", "The key support");
  const key = await text(page, "#issued-text");
  assert.match(key, /^pf_\w{40}$/);
  await page.waitForFunction(() => document.querySelector("#keys tbody").rows.length === 1);
  assert.deepEqual((await rows(page, "#keys"))[0].slice(0, 4), ["support", "reads", "shop", "never"]);
  await page.locator("#new-key-name").fill("support");
  await page.locator("#new-key-form button").click();
  await page.waitForFunction(() => /support/.test(document.querySelector("#access-problem").innerText));

  await page.locator("#sign-out-everywhere").click();
  await page.locator("#confirm-yes").click();
  await page.locator("#key").waitFor();
  const offered = page.waitForResponse("**/api/keys");
  await sign_in(page, key);
  assert.equal((await offered).status(), 403);
  assert.equal(await page.locator("#access").isVisible(), false);
  await page.locator("#sign-out").click();
  await page.locator("#key").waitFor();

  await sign_in(page, "open sesame");
  await page.locator("#access").click();
  await page.getByRole("button", { name: "Remove support" }).click();
  await page.locator("#confirm-yes").click();
  await page.waitForFunction(() => document.querySelector("#keys tbody").rows.length === 0);
  await close(page);
  await browser.clearCookies();
});

test("dashboard: in a cluster the page names the nodes, and those that are missing", async (t) => {
  const service = await serviceFor(t);
  await service.post("shop", first_body);
  const page = await open(service);
  await shows(page, "#rate-sub", "9 in the last hour");
  assert.equal(await page.locator("#cluster").isVisible(), false);
  // What a node of a cluster answers in addition: see docs/metrics.schema.json.
  await page.route("**/metrics*", async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    answer.cluster = { node: "a", answered: ["a", "b"], missing: ["c"], from_database: ["c"] };
    await route.fulfill({ response, json: answer });
  });
  await shows(page, "#cluster", "a, b, missing: c");
  assert.equal(await page.locator("#cluster").getAttribute("data-level"), "critical");
  await close(page);
});
