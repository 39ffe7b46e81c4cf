// An hour of an imaginary shop with an incident in it: the same hour every time, but for its end.

import { routerLine } from "./service.mjs";

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
    yield lines;
  }
}
