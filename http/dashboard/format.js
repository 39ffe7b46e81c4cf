// Numbers and times as people read them. Everything here takes a value and returns text.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const shortClock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

export const nothing = "–";

const known = (x) => typeof x === "number" && Number.isFinite(x);

/** 1234567 → "1,234,567". */
export const count = (x) => (known(x) ? whole.format(x) : nothing);

/** A number for narrow places: 1234567 → "1.2M". */
export const compact = (x) => (known(x) ? (Math.abs(x) < 10000 ? whole.format(x) : short.format(x)) : nothing);

/** "1 line", "2 lines": the word that belongs to `n`. */
export const plural = (n, one, many = `${one}s`) => (n === 1 ? one : many);

/** A rate: more digits the smaller it is. */
export function rate(x) {
  if (!known(x)) return nothing;
  return x >= 100 ? whole.format(x) : x >= 10 ? x.toFixed(1) : fine.format(x);
}

/** A percentage without its sign. 100 and 0 only when it is exactly that. */
export function percent(x) {
  if (!known(x)) return nothing;
  if (x === 0 || x === 100) return String(x);
  if (x > 99.99) return "99.99";
  if (x < 0.01) return "<0.01";
  return x >= 10 && x < 99 ? x.toFixed(1) : x.toFixed(2);
}

/** Milliseconds as [number, unit]. */
export function duration(ms) {
  if (!known(ms)) return [nothing, "ms"];
  if (ms < 10 && ms !== Math.round(ms)) return [ms.toFixed(1), "ms"];
  if (ms < 1000) return [String(Math.round(ms)), "ms"];
  if (ms < 10000) return [(ms / 1000).toFixed(2), "s"];
  if (ms < 120000) return [(ms / 1000).toFixed(1), "s"];
  if (ms < 7200000) return [(ms / 60000).toFixed(1), "min"];
  return [(ms / 3600000).toFixed(1), "h"];
}

/** Milliseconds as one text. */
export const durationText = (ms) => (known(ms) ? duration(ms).join(" ") : nothing);

/** Bytes with a unit of 1000. */
export function bytes(x) {
  if (!known(x)) return nothing;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (x >= 1000 && unit < units.length - 1) {
    x /= 1000;
    ++unit;
  }
  return `${unit === 0 || x >= 100 ? Math.round(x) : x.toFixed(1)} ${units[unit]}`;
}

/** A measured number with the unit it was written with; bytes are scaled. */
export function measured(x, unit) {
  if (!known(x)) return nothing;
  if (unit === "bytes") return bytes(x);
  if (unit === "kB") return bytes(1000 * x);
  const text = Number.isInteger(x) || Math.abs(x) >= 1000 ? compact(x) : String(Number(x.toPrecision(3)));
  return unit ? `${text} ${unit}` : text;
}

/** Local time of day, e.g. "14:07:31"; with the day when it is not today. */
export function time(date) {
  const today = new Date().toDateString() === date.toDateString();
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
}

/** Hours and minutes, local. */
export const minuteText = (date) => shortClock.format(date);

/** Month and day, local. */
export const dayText = (date) => day.format(date);

/** The same moment in UTC, to the second. */
export const utc = (date) => `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
