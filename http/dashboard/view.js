// Draws one answer of GET /metrics into the page.

import { $, fit, make, showTime } from "./elements.js";
import * as format from "./format.js";

const ms_per_ns = 1e-6;

const windowNames = { "1m": "the last minute", "5m": "the last 5 minutes", "1h": "the last hour", "24h": "the last 24 hours", all: "everything" };

function set(id, text, title) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text;
  if (title !== undefined && element.title !== title) element.title = title;
}

function tiles(m) {
  const total = m.total_requests;
  const inWindow = m.window === "all" ? "all" : (windowNames[m.window] ?? m.window);
  set("rate", format.rate(m.requests_per_second));
  set("rate-sub", `${format.compact(total)} in ${inWindow}`, `${format.count(total)} ${format.plural(total, "request")} in ${inWindow}`);
  const rated = total > 0;
  set("success", rated ? format.percent(m.success_rate) : format.nothing);
  set("error", rated ? format.percent(m.error_rate) : format.nothing);
  set("error-sub", `${format.compact(m.status_4xx)} 4xx · ${format.compact(m.status_5xx)} 5xx`);
  $("error-tile").dataset.level = !rated || m.error_rate <= 1 ? "good" : m.error_rate <= 5 ? "warning" : "critical";
  for (const name of ["p50", "p95", "p99"]) {
    const [value, unit] = format.duration(rated ? m[`${name}_response_time`] * ms_per_ns : undefined);
    const [number, label] = $(name).children;
    number.textContent = value;
    label.textContent = unit;
  }
  set("p50-sub", rated ? `mean ${format.durationText(m.avg_response_time * ms_per_ns)}` : "");
  set("p95-sub", `${format.compact(m.slow_request_count)} over 250 ms`, `${format.count(m.slow_request_count)} ${format.plural(m.slow_request_count, "request")}`);
  set("p99-sub", rated ? `${format.percent((100 * m.slow_request_count) / total)} % slow` : "");
}

// Rows of {name, count, kind}: a bar as long as the row's part of the sum.
function shares(id, rows, whenEmpty) {
  const list = $(id);
  const sum = rows.reduce((n, row) => n + row.count, 0);
  list.classList.toggle("empty", rows.length === 0);
  if (rows.length === 0) {
    list.replaceChildren(make("li", "none", whenEmpty));
    return;
  }
  if (list.querySelector(".none")) list.replaceChildren();
  const items = fit(list, rows.length, () => {
    const item = make("li");
    item.append(make("span", "name"), make("span", "track"), make("span", "count"), make("span", "part"));
    item.children[1].append(make("span", "fill"));
    return item;
  });
  rows.forEach((row, i) => {
    const part = sum > 0 ? (100 * row.count) / sum : 0;
    const [name, track, count, percent] = items[i].children;
    name.textContent = row.name;
    name.title = row.name;
    track.firstElementChild.style.width = `${part}%`;
    items[i].dataset.kind = row.kind ?? "plain";
    count.textContent = format.compact(row.count);
    count.title = format.count(row.count);
    percent.textContent = `${format.percent(part)} %`;
  });
}

const byCount = (object) =>
  Object.entries(object ?? {})
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count);

function breakdowns(m) {
  const classes = ["2xx", "3xx", "4xx", "5xx"].map((name) => ({ name, count: m[`status_${name}`] ?? 0, kind: `s${name[0]}` }));
  shares("status-classes", m.total_requests > 0 ? classes : [], "No requests in this window");
  const methods = ["get", "post", "put", "delete", "other"]
    .map((name) => ({ name: name === "other" ? "Other" : name.toUpperCase(), count: m[`${name}_requests`] ?? 0 }))
    .filter((row) => row.count > 0);
  shares("methods", methods, "No requests in this window");
  shares("error-codes", byCount(m.error_codes).slice(0, 8).map((row) => ({ ...row, kind: "s5" })), "No error codes in this window");
  const countries = byCount(m.top_countries).slice(0, 8);
  $("countries-part").hidden = countries.length === 0;
  shares("countries", countries, "");
}

/**
 * A table whose columns sort by a click. `columns` are {key, label, text(row), kind}; a kind of "name" is left-aligned and
 * may be cut. `title(row)` is a cell's tooltip; an `optional` column is shown only when a row has its key. Shows `limit` rows
 * until the reader asks for all.
 */
function sortableTable(id, columns, limit, sortedFirst = { key: "count", down: true }) {
  const table = $(id);
  const more = $(`${id}-more`);
  let sortedBy = sortedFirst;
  let isWhole = false;
  let rows = [];
  const heads = columns.map((column) => {
    const head = make("th", column.kind);
    const button = make("button", "", column.label);
    button.type = "button";
    button.addEventListener("click", () => {
      const down = sortedBy.key === column.key ? !sortedBy.down : column.kind !== "name";
      sortedBy = { key: column.key, down };
      draw();
    });
    head.scope = "col";
    head.append(button);
    table.tHead.rows[0].append(head);
    return head;
  });
  more.addEventListener("click", () => {
    isWhole = !isWhole;
    draw();
  });

  function compare(a, b) {
    const x = a[sortedBy.key] ?? -1;
    const y = b[sortedBy.key] ?? -1;
    const order = typeof x === "string" ? x.localeCompare(y, undefined, { numeric: true }) : x - y;
    return sortedBy.down ? -order : order;
  }

  function draw() {
    columns.forEach((column, i) => {
      heads[i].ariaSort = column.key !== sortedBy.key ? "none" : sortedBy.down ? "descending" : "ascending";
    });
    const hidden = columns.map((column) => column.optional === true && rows.every((row) => row[column.key] === undefined));
    heads.forEach((head, i) => (head.hidden = hidden[i]));
    const shown = [...rows].sort(compare).slice(0, isWhole ? rows.length : limit);
    const lines = fit(table.tBodies[0], shown.length, () => {
      const line = make("tr");
      line.append(...columns.map((column) => make("td", column.kind)));
      return line;
    });
    const most = Math.max(1, ...shown.map((row) => row.count ?? 0));
    shown.forEach((row, i) => {
      lines[i].style.setProperty("--share", `${(100 * (row.count ?? 0)) / most}%`);
      columns.forEach((column, j) => {
        const cell = lines[i].cells[j];
        cell.textContent = column.text(row);
        cell.title = column.title?.(row) ?? (column.kind === "name" ? row[column.key] : "");
        cell.hidden = hidden[j];
        if (column.level) cell.dataset.level = column.level(row);
      });
    });
    more.hidden = rows.length <= limit;
    more.textContent = isWhole ? "Show fewer" : `Show all ${rows.length}`;
  }

  return (newRows) => {
    rows = newRows;
    draw();
  };
}

const errorLevel = (row) => (row.error_rate > 10 ? "critical" : row.error_rate > 5 ? "warning" : row.error_rate > 0 ? "some" : "none");
const number = (key, label) => ({ key, label, kind: "number", text: (row) => format.compact(row[key]) });
const milliseconds = (key, label) => ({ key, label, kind: "number", text: (row) => format.durationText(row[key]) });
const errors = {
  key: "error_rate",
  label: "errors",
  kind: "number",
  text: (row) => (row.error_rate === undefined ? format.nothing : `${format.percent(row.error_rate)} %`),
  level: errorLevel,
};

const megabytes = (x) => format.measured(x, "MB");

const memory = {
  key: "total_mb",
  label: "memory",
  kind: "number",
  optional: true,
  text: (row) => {
    if (row.total_mb === undefined) return format.nothing;
    return row.quota_mb > 0 ? `${megabytes(row.total_mb)} · ${Math.round((100 * row.total_mb) / row.quota_mb)} %` : megabytes(row.total_mb);
  },
  title: (row) =>
    row.total_mb === undefined
      ? ""
      : `${megabytes(row.rss_mb)} resident, ${megabytes(row.swap_mb)} swapped; quota ${megabytes(row.quota_mb)}; at most ${megabytes(row.max_total_mb)} in this window`,
  level: (row) => (row.total_mb > row.quota_mb ? "critical" : row.total_mb > 0.9 * row.quota_mb ? "warning" : "some"),
};

const load = {
  key: "load_1m",
  label: "load",
  kind: "number",
  optional: true,
  text: (row) => format.rate(row.load_1m),
  title: (row) => (row.load_1m === undefined ? "" : `1 minute average; at most ${format.rate(row.max_load_1m)} in this window`),
};

const state = {
  key: "status",
  label: "status",
  kind: "status",
  text: (row) => row.status,
  level: (row) => (row.status === "crashed" ? "critical" : row.status),
  title: (row) =>
    [
      [row.starts, "start"],
      [row.crashes, "crash", "crashes"],
      [row.r14_lines, "R14 line"],
      [row.r15_lines, "R15 line"],
    ]
      .filter(([n]) => n > 0)
      .map(([n, ...words]) => `${format.count(n)} ${format.plural(n, ...words)}`)
      .join(", "),
};

// Where rows of several apps stand side by side, the text under `key` begins with the app.
function withApps(rows, key) {
  const isOne = new Set(rows.map((row) => row.app)).size < 2;
  return isOne ? rows : rows.map((row) => ({ ...row, [key]: row.app ? `${row.app} · ${row[key]}` : row[key] }));
}

// Dynos with requests and dynos that reported, joined by app and name.
function dynoRows(m) {
  const rows = new Map();
  for (const row of [...(m.dynos ?? []), ...Object.values(m.dyno_memory ?? {})]) {
    const key = JSON.stringify([row.app, row.name]);
    rows.set(key, { ...rows.get(key), ...row });
  }
  return withApps([...rows.values()], "name");
}

const addonRows = (m) =>
  Object.entries(m.addons ?? {}).flatMap(([addon, { proc, values }]) =>
    Object.entries(values).map(([name, value]) => ({ addon, proc, name, ...value })),
  );

function alertItem() {
  const item = make("li");
  item.append(make("span", "badge"), make("span", "message"), make("span", "when"));
  return item;
}

const severities = ["critical", "warning"];

function fillAlert(item, alert) {
  const [badge, message, when] = item.children;
  const severity = severities.includes(alert.severity) ? alert.severity : "warning";
  item.dataset.level = alert.resolved ? "resolved" : severity;
  badge.textContent = alert.resolved ? "resolved" : severity;
  badge.dataset.level = item.dataset.level;
  message.textContent = alert.message;
  message.title = alert.type;
  const since = new Date(alert.timestamp);
  when.textContent = `since ${format.time(since)}`;
  when.title = format.utc(since);
  if (alert.resolved) when.textContent = `${format.time(since)} to ${format.time(new Date(alert.resolved_at))}`;
}

// Open ones stand above the numbers, the others in the list.
function alerts(all) {
  const open = all.filter((alert) => !alert.resolved);
  const over = all.filter((alert) => alert.resolved);
  const list = $("alerts");
  if (over.length === 0) {
    list.replaceChildren(make("li", "none", open.length > 0 ? "No other alerts in the last hour." : "No alerts in the last hour."));
  } else {
    if (list.querySelector(".none")) list.replaceChildren();
    const items = fit(list, over.length, alertItem);
    over.forEach((alert, i) => fillAlert(items[i], alert));
  }
  const banner = $("alert-banner");
  banner.hidden = open.length === 0;
  banner.dataset.level = open.some((alert) => alert.severity === "critical") ? "critical" : "warning";
  const items = fit(banner, open.length, alertItem);
  open.forEach((alert, i) => fillAlert(items[i], alert));
  document.title = open.length === 0 ? "ParseFlow" : `(${open.length}) ParseFlow`;
}

function queue(id, percent) {
  const value = Math.min(100, Math.max(0, percent ?? 0));
  $(id).value = value;
  set(`${id}-text`, `${format.percent(percent)} %`);
}

function pipeline(m) {
  const health = m.channel_health ?? {};
  queue("parsing", health.raw_log_chan_usage);
  queue("unstored", health.parsed_log_chan_usage);
  set("line-rate", `${format.rate(health.processing_rate)} lines/s`);
  set("backlog", `${format.compact(health.backlog_size)} ${format.plural(health.backlog_size, "batch", "batches")}`);
  const ingest = m.ingest ?? {};
  set("lines", `${format.compact(ingest.lines)} (${format.bytes(ingest.bytes)})`, `${format.count(ingest.lines)} ${format.plural(ingest.lines, "line")}`);
  set("malformed", format.count(ingest.malformed));
  set("duplicates", format.count(ingest.duplicates));
  set("lost", ingest.dropped_by_sender > 0 ? `${format.compact(ingest.dropped_by_sender)} ${format.plural(ingest.dropped_by_sender, "line")}` : "none");
  $("lost").className = ingest.dropped_by_sender > 0 ? "badge" : "";
  $("lost").dataset.level = "critical";
  const database = m.database ?? {};
  const kind = { sqlite: "SQLite", postgresql: "PostgreSQL" }[database.kind] ?? database.kind ?? format.nothing;
  const lag = database.lag_lines > 0 ? `, ${format.compact(database.lag_lines)} ${format.plural(database.lag_lines, "line")} behind` : "";
  set("database", database.connected ? `${kind} connected${lag}` : `${kind} not connected${lag}`);
  $("database").dataset.level = database.connected ? "good" : "critical";
  $("database-error").hidden = !database.last_error;
  const nodes = m.cluster;
  $("cluster-row").hidden = !nodes;
  if (nodes) {
    const missing = nodes.missing.length > 0 ? `, missing: ${nodes.missing.join(", ")}` : "";
    set("cluster", `${nodes.answered.join(", ")}${missing}`);
    $("cluster").dataset.level = missing ? "critical" : "good";
  }
  set("database-error", database.last_error ?? "");
}

/** Makes the tables; returns the function that draws an answer of GET /metrics. */
export function view() {
  const endpoints = sortableTable(
    "endpoints",
    [
      { key: "path", label: "path", kind: "name", text: (row) => row.path },
      number("count", "requests"),
      errors,
      milliseconds("p50_ms", "p50"),
      milliseconds("p95_ms", "p95"),
      milliseconds("p99_ms", "p99"),
    ],
    12,
  );
  const dynos = sortableTable(
    "dynos",
    [
      { key: "name", label: "dyno", kind: "name", text: (row) => row.name },
      number("count", "requests"),
      milliseconds("avg_ms", "mean"),
      errors,
      memory,
      load,
      state,
    ],
    12,
  );
  const addons = sortableTable(
    "addons",
    [
      { key: "addon", label: "add-on", kind: "name", text: (row) => row.addon, title: (row) => `${row.addon}, reported by ${row.proc}` },
      { key: "name", label: "metric", kind: "name", text: (row) => row.name },
      { key: "last", label: "last", kind: "number", text: (row) => format.measured(row.last, row.unit) },
      { key: "max", label: "max", kind: "number", text: (row) => format.measured(row.max, row.unit) },
    ],
    15,
    { key: "addon", down: false },
  );
  return (m) => {
    tiles(m);
    breakdowns(m);
    endpoints(withApps(m.endpoints ?? [], "path"));
    set("endpoints-note", m.endpoints?.length ? "the most frequent" : "none in this window");
    dynos(dynoRows(m));
    set("dynos-note", m.dynos?.length ? `${m.dynos.length} with requests` : "none with requests in this window");
    const numbers = addonRows(m);
    $("addons-part").hidden = numbers.length === 0;
    set("addons-note", `${Object.keys(m.addons ?? {}).length} reporting`);
    addons(numbers);
    alerts(m.active_alerts ?? []);
    pipeline(m);
    set("counted-over", windowNames[m.window] ?? m.window);
    showTime($("as-of"), new Date(m.timestamp));
  };
}
