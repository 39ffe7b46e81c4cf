// The three charts: requests by status class as stacked bars, latency percentiles and error rate as lines.
/* global uPlot */

import * as api from "./api.js";
import * as format from "./format.js";

// What each choice of window shows: the past hour in minutes, a day in ten minutes, a week in hours.
const spans = {
  hour: { label: "last hour", span_s: 3600, step_s: 60 },
  day: { label: "last 24 hours", span_s: 86400, step_s: 600 },
  week: { label: "last 7 days", span_s: 7 * 86400, step_s: 3600 },
};
const spanOf = (window) => (window === "24h" ? spans.day : window === "all" ? spans.week : spans.hour);

const height_px = 230;

// Lines arrive seconds after what they report: a step that has just begun would look like an outage.
const first_s = 6;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const classes = ["2xx", "3xx", "4xx", "5xx"];
const quantiles = ["p50", "p95", "p99"];
const metricNames = [...classes.map((name) => `status_${name}`), ...quantiles.map((name) => `${name}_ms`), "error_rate"];

/** Puts [[time, value], …] on the grid `times`; `missing` where there is none. */
export function onGrid(points, times, missing) {
  const known = new Map(points);
  return times.map((t) => known.get(t) ?? missing);
}

/** Sums of the first n columns, for each n: what stacking draws. */
export function stacked(columns) {
  const sums = [];
  for (const column of columns) {
    const below = sums.at(-1);
    sums.push(below ? column.map((x, i) => x + below[i]) : [...column]);
  }
  return sums;
}

// Local time under the axis; the day where it changes or when hours are the step.
function timeTicks(u, ticks, axis, space, increment) {
  return ticks.map((t) => {
    const date = new Date(t * 1000);
    return increment >= 86400 || (date.getHours() === 0 && date.getMinutes() === 0) ? format.dayText(date) : format.minuteText(date);
  });
}

// The legend's numbers: of the step under the cursor, else of the newest step that has one.
function legendIndex(values, index) {
  if (index !== null && index !== undefined) return index;
  for (let i = values.length - 1; i > 0; --i) if (values[i] !== null && values[i] !== undefined) return i;
  return 0;
}

// Times are the starts of steps: the axis ends where the last step does.
function withLastStep(u, first, last) {
  const times = u.data[0];
  return times.length < 2 ? [0, 1] : [first, last + times[1] - times[0]];
}

// From zero to a little above the highest value.
const fromZero = { range: (u, low, high) => [0, high > 0 ? high * 1.08 : 1] };

const perMinuteText = (x) => (x < 10 ? format.rate(x) : format.compact(x));

// Whole powers of ten around the values: a timeout of 30 s must not flatten the milliseconds of everything else.
const powersOfTen = {
  distr: 3,
  range: (u, low, high) => (low > 0 ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high + 1))] : [1, 1000]),
};

function decades(u, axis, low, high) {
  const ticks = [];
  for (let x = low; x <= high; x *= 10) ticks.push(x);
  return ticks;
}

function options(width, height, series, scale, yText) {
  const axis = { stroke: colour("muted"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
  return {
    width,
    height,
    padding: [10, 20, 0, 0], // room for half of the last time below
    cursor: { sync: { key: "time" }, drag: { x: false, y: false }, points: { size: 7 } },
    legend: { markers: { width: 0, fill: (u, i) => u.series[i].stroke() } },
    scales: { x: { range: withLastStep }, y: scale },
    axes: [
      { ...axis, values: timeTicks, grid: { show: false }, space: 60, size: 28 },
      { ...axis, values: (u, ticks) => ticks.map(yText), size: 56, space: 32, ...(scale === powersOfTen && { splits: decades, filter: (u, ticks) => ticks }) },
    ],
    series: [
      {
        label: "Time",
        value: (u, t, i, index) => {
          if (u.data[0].length === 0) return format.nothing;
          const date = new Date(u.data[0][legendIndex(u.data[0], index)] * 1000);
          return `${format.dayText(date)} ${format.minuteText(date)} (${date.toISOString().slice(11, 16)} UTC)`;
        },
      },
      ...series,
    ],
  };
}

function line(label, name, text) {
  return {
    label,
    stroke: colour(name),
    width: 1.75,
    value: (u, v, i, index) => text(u.data[i][legendIndex(u.data[i], index)]),
    // An app with little traffic has gaps: points then show what is known, the line only connects them.
    spanGaps: true,
    points: { size: 5, fill: colour(name), show: (u, i) => u.data[i].filter((v) => v !== null).length <= 40 },
  };
}

// Bars are drawn from the highest sum down, so that each covers the lower part of the one before.
function bars(shown) {
  const paths = uPlot.paths.bars({ size: [0.82, 28], align: 1, gap: 0 });
  return classes
    .map((name, i) => ({
      label: name,
      stroke: colour(`s${name[0]}`),
      fill: colour(`s${name[0]}`),
      width: 0,
      paths,
      points: { show: false },
      value: (u, v, j, index) => perMinuteText(shown.columns[i][legendIndex(shown.times, index)]),
    }))
    .reverse();
}

/** The charts of the page. `reload` fetches and draws; it returns the kind of the first answer that was not "ok", else "ok". */
export function charts() {
  const shown = { times: [], columns: classes.map(() => []) };
  const percentText = (x) => (x === null || x === undefined ? format.nothing : `${format.percent(x)} %`);
  const plots = [
    {
      id: "chart-requests",
      data: [[], [], [], [], []],
      series: () => bars(shown),
      scale: fromZero,
      yText: perMinuteText,
      hooks: { setSeries: [stack] },
    },
    {
      id: "chart-latency",
      data: [[], [], [], []],
      series: () => quantiles.map((name) => line(name, name, format.durationText)),
      scale: powersOfTen,
      yText: (ms) => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`),
    },
    {
      id: "chart-errors",
      data: [[], []],
      series: () => [{ ...line("errors", "s5", percentText), fill: colour("s5-soft") }],
      scale: fromZero,
      yText: (x) => `${x} %`,
    },
  ];
  for (const plot of plots) plot.box = document.getElementById(plot.id);

  function build() {
    for (const plot of plots) {
      plot.chart?.destroy();
      const drawn = options(plot.box.clientWidth || 300, height_px, plot.series(), plot.scale, plot.yText);
      plot.chart = new uPlot({ ...drawn, hooks: plot.hooks ?? {} }, plot.data, plot.box);
    }
    stack();
  }

  // A class that the reader has hidden takes no room: the others are stacked on what is shown.
  function stack() {
    const { chart } = plots[0];
    const visible = shown.columns.map((column, i) => (chart.series[classes.length - i].show ? column : column.map(() => 0)));
    plots[0].data = [shown.times, ...stacked(visible).reverse()];
    chart.setData(plots[0].data);
  }

  function draw(times, points, step_s) {
    // Only a part of the newest step is over.
    const perMinute = times.map((t) => 60 / Math.min(step_s, Date.now() / 1000 - t));
    shown.times = times;
    shown.columns = classes.map((name) => onGrid(points[`status_${name}`], times, 0).map((x, i) => x * perMinute[i]));
    // A logarithmic scale has no zero: less than a millisecond is drawn, and shown in the legend, as one.
    plots[1].data = [times, ...quantiles.map((name) => onGrid(points[`${name}_ms`], times, null).map((ms) => (ms === null ? null : Math.max(1, ms))))];
    plots[2].data = [times, onGrid(points.error_rate, times, null)];
    for (const plot of plots.slice(1)) plot.chart.setData(plot.data);
    stack();
  }

  async function reload(app, window, signal) {
    const { label, span_s, step_s } = spanOf(window);
    const to = (Math.floor((Date.now() / 1000 - first_s) / step_s) + 1) * step_s;
    const from = to - span_s;
    const answer = await api.series(metricNames, app, from, to, step_s, signal);
    if (answer.kind !== "ok") return answer;
    const times = Array.from({ length: span_s / step_s }, (_, i) => from + i * step_s);
    for (const element of document.querySelectorAll(".span")) element.textContent = label;
    const points = Object.fromEntries(answer.data.series.map((one) => [one.metric, one.points]));
    draw(times, points, step_s);
    return answer;
  }

  build();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", build);
  const resize = new ResizeObserver(() => {
    for (const plot of plots) if (plot.box.clientWidth > 0) plot.chart.setSize({ width: plot.box.clientWidth, height: height_px });
  });
  for (const plot of plots) resize.observe(plot.box);
  return { reload };
}
