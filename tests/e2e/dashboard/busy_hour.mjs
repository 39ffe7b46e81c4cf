// An hour of an imaginary shop with an incident in it: the same hour every time, except for when it ends.

import { platformLine, routerLine } from "./service.mjs";

const endpoints = [
  { path: "/", share: 30, typical_ms: 35 },
  { path: "/products", share: 22, typical_ms: 55 },
  { path: "/products/4711", share: 18, typical_ms: 48 },
  { path: "/search?q=tea", share: 9, typical_ms: 120 },
  { path: "/cart", share: 8, typical_ms: 40 },
  { path: "/api/v1/orders/88120", share: 6, typical_ms: 75 },
  { path: "/checkout", share: 4, typical_ms: 210, method: "POST" },
  { path: "/account/settings", share: 2, typical_ms: 60 },
  { path: "/login", share: 1, typical_ms: 180, method: "POST" },
];

// A small generator of numbers in [0, 1) with a fixed seed.
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick(random) {
  let left = random() * 100;
  for (const endpoint of endpoints) {
    left -= endpoint.share;
    if (left < 0) return endpoint;
  }
  return endpoints[0];
}

function request(random, at, isIncident) {
  const { path, typical_ms, method = "GET" } = pick(random);
  const spread = Math.exp(0.7 * (random() + random() + random() - 1.5) * 2);
  const service_ms = Math.max(1, Math.round(typical_ms * spread * (isIncident ? 4 : 1)));
  const dyno = `web.${1 + Math.floor(random() * 4)}`;
  const luck = random();
  if (isIncident && luck < 0.12) return { at, path, method, dyno, status: 503, service_ms: 30000, level: "error", code: "H12" };
  if (luck < 0.002) return { at, path, method, dyno, status: 503, service_ms: 1, level: "error", code: "H10" };
  if (luck < 0.006) return { at, path, method, dyno, status: 500, service_ms };
  if (luck < 0.02) return { at, path: "/favicon.png", method: "GET", dyno, status: 404, service_ms: 3 };
  if (luck < 0.09) return { at, path, method, dyno, status: 302, service_ms };
  return { at, path, method, dyno, status: 200, service_ms };
}

// What the dyno manager and the database report once a minute.
function* platformLines(random, at, isIncident) {
  for (const [name, typical_mb] of [["web.1", 301], ["web.2", 318], ["web.3", 287], ["web.4", 334], ["worker.1", 436]]) {
    const rss_mb = typical_mb * (0.97 + 0.06 * random()) * (isIncident ? 1.12 : 1);
    const total_mb = rss_mb + 17.32;
    const reported = (numbers) => platformLine("heroku", name, `source=${name} dyno=heroku.190283746.0c7f1e52-9d3b-4a86 ${numbers}`, at);
    yield reported(`sample#load_avg_1m=${((isIncident ? 2.1 : 0.4) * (0.8 + 0.4 * random())).toFixed(2)}`);
    yield reported(
      `sample#memory_total=${total_mb.toFixed(2)}MB sample#memory_rss=${rss_mb.toFixed(2)}MB sample#memory_cache=17.32MB ` +
        `sample#memory_swap=0.00MB sample#memory_quota=512.00MB`,
    );
    if (total_mb > 490) yield platformLine("heroku", name, "Error R14 (Memory quota exceeded)", at);
  }
  const sample = { db_size: "7340032512bytes", "active-connections": isIncident ? 96 : 23, "load-avg-1m": isIncident ? 3.4 : 0.215, "index-cache-hit-rate": 0.99871 };
  const numbers = Object.entries(sample).map(([name, value]) => `sample#${name}=${value}`);
  yield platformLine("app", "heroku-postgres", `source=DATABASE addon=postgresql-angular-40817 ${numbers.join(" ")}`, at);
}

/** The lines of the 60 minutes before `end`, a body for each minute. */
export function* busyHour(end) {
  const random = numbers(7);
  for (let ago = 59; ago >= 0; --ago) {
    const isIncident = ago >= 17 && ago <= 22;
    const count = Math.round(260 + 90 * Math.sin(ago / 11) + 40 * random());
    const lines = [];
    for (let i = 0; i < count; ++i) {
      const at = new Date(end.getTime() - ago * 60000 - Math.floor(random() * 55000));
      lines.push(routerLine(request(random, at, isIncident)));
    }
    lines.push(...platformLines(random, new Date(end.getTime() - ago * 60000), isIncident));
    yield lines;
  }
}
