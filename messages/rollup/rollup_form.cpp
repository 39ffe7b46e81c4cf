// The compact form of rollups.
//
//   ROLLUP   = VERSION COUNTERS 3HISTOGRAM CODES COUNTRIES STATUSES SECONDS PLATFORM CUSTOM
//              MEMBERS ENDPOINTS DYNOS
//   CODES, COUNTRIES = NUMBER *(NAME NUMBER)
//   NAME     = NUMBER TEXT                          ; bytes shared with the name before, and the rest
//   STATUSES = NUMBER *(NUMBER NUMBER)              ; status, requests
//   SECONDS  = NUMBER *(NUMBER NUMBER)              ; second, requests; those with any
//   PLATFORM = 5NUMBER STATES ADDONS
//   STATES   = NUMBER *(NAME 5GAUGE 4NUMBER)
//   ADDONS   = NUMBER *(NAME TEXT VALUES)           ; name, process, values
//   VALUES   = NUMBER *(NAME VALUE)
//   VALUE    = GAUGE TEXT                           ; numbers, unit
//   GAUGE    = 0 / NUMBER SIGNED DECIMAL [DECIMAL]  ; twice the count, time, last; and one more, if it
//                                                   ; differs from last: max
//   CUSTOM   = NUMBER COUNTS GAUGES MEASURES UNIQUES ; the number is that of samples in the overflow
//   COUNTS   = NUMBER *(NAME NUMBER SUM)            ; name, observations, sum
//   GAUGES   = NUMBER *(NAME UNIT GAUGE [DECIMAL])  ; series_key, unit, values; if there are any: least
//   MEASURES = NUMBER *(NAME UNIT DISTRIBUTION)     ; series_key, unit, values
//   UNIT     = SIGNED TEXT                          ; time of the first value, unit
//   UNIQUES  = NUMBER *(NAME NUMBER MEMBERS)        ; name, observations, members
//   ENDPOINTS= NUMBER STATS NUMBER *(NAME NUMBER STATS) ; absent bound, other, then the entries
//   DYNOS    = NUMBER *(NAME STATS)
//   STATS    = NUMBER NUMBER [2NUMBER] HISTOGRAM    ; count, twice the errors; and one more, if there are
//                                                   ; failures or WebSockets: these; service
//
// VERSION is one byte; NUMBER, SIGNED, TEXT, REAL and DECIMAL are those of wire.hpp, HISTOGRAM is in
// histogram.cpp, DISTRIBUTION in distribution.cpp, SUM in decimal_sum.hpp, MEMBERS in distinct_counter.cpp.
// Names, statuses and seconds ascend. A time is in microseconds, from the time before (the first: from 1970),
// modulo 2^64. The largest parts stand last, so that a reader can stop before them.
//
// Version 3 had one COUNTER less, two HISTOGRAMs, and
//
//   COUNTS   = NUMBER *(NAME NUMBER SIGNED NUMBER)  ; name, observations, sum: whole, billionths
//   GAUGES   = NUMBER *(NAME VALUE DECIMAL)         ; name, values, least
//   MEASURES = NUMBER *(NAME HISTOGRAM TEXT)        ; name, thousandths, unit
//   STATS    = NUMBER NUMBER HISTOGRAM              ; count, errors, service
//
// Versions before 3 had fewer COUNTERS and histograms of the form `pairs`, in another order:
//
//   ROLLUP   = VERSION COUNTERS HISTOGRAM HISTOGRAM CODES COUNTRIES ENDPOINTS DYNOS SECONDS [PLATFORM]
//   NAME     = TEXT
//   GAUGE    = 0 / NUMBER NUMBER REAL REAL          ; count, time, last, max
//
// with times since 1970, and the PLATFORM from version 2 on.

#include "messages/rollup/rollup_form.hpp"

#include <algorithm>
#include <utility>

#include "messages/rollup/by_name.hpp"
#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

namespace {

constexpr char version = 4;
constexpr char version_of_thousandths = 3;
constexpr char version_without_custom = 2;
constexpr char version_without_platform = 1;
constexpr std::size_t methods_before_3 = 5;
// Without this bound a few damaged bytes could make many long names.
constexpr std::size_t max_shared_bytes = 255;

// The counters that are plain numbers, in the order of the compact form of a version.
template <class Rollup, class Visitor>
void each_counter(Rollup& r, char of_version, Visitor visit) {
  visit(r.requests);
  visit(r.errors);
  for (auto& n : r.by_status_class)
    visit(n);
  for (std::size_t i = 0; i < methods_before_3; ++i)
    visit(r.by_method[i]);
  visit(r.response_bytes);
  visit(r.lines);
  visit(r.bytes);
  visit(r.malformed);
  visit(r.count_mismatches);
  if (of_version < 3)
    return;
  for (std::size_t i = methods_before_3; i < r.by_method.size(); ++i)
    visit(r.by_method[i]);
  visit(r.late);
  visit(r.early);
  visit(r.samples_left_out);
  if (of_version > version_of_thousandths)
    visit(r.failures);
}

// The same for the platform's part; the functions below are for one dyno.
template <class Stats, class Visitor>
void each_platform_counter(Stats& s, Visitor visit) {
  for (auto* n :
       {&s.releases, &s.deploys, &s.dropped_by_sender, &s.custom_samples, &s.addon_samples_left_out})
    visit(*n);
}

template <class State, class Visitor>
void each_gauge(State& s, Visitor visit) {
  for (auto* g :
       {&s.memory_total_mb, &s.memory_rss_mb, &s.memory_swap_mb, &s.memory_quota_mb, &s.load_avg_1m})
    visit(*g);
}

template <class State, class Visitor>
void each_dyno_counter(State& s, Visitor visit) {
  for (auto* n : {&s.starts, &s.crashes, &s.r14, &s.r15})
    visit(*n);
}

// Writes the parts of a rollup one after the other.
class writer {
public:
  explicit writer(std::string& out) : out_(out) {}

  void put(std::uint64_t count) { put_number(out_, count); }

  void put(const std::string& text) { put_text(out_, text); }

  void put(const histogram& h) { h.encode(out_); }

  void put(const distinct_counter& members) { members.encode(out_); }

  void put(const request_stats& stats) {
    put(stats.count);
    // Most names have neither.
    const bool has_more = stats.failures != 0 || stats.websockets != 0;
    put(2 * stats.errors + has_more);
    if (has_more) {
      put(stats.failures);
      put(stats.websockets);
    }
    put(stats.service);
  }

  void put(const gauge& g) {
    const bool has_max = g.count != 0 && g.max != g.last;
    put(2 * g.count + has_max);
    if (g.count == 0)
      return;
    put(g.last_at);
    put_decimal(out_, g.last);
    if (has_max)
      put_decimal(out_, g.max);
  }

  void put(timestamp time) {
    const auto at = static_cast<std::uint64_t>(time.time_since_epoch().count());
    put_signed(out_, static_cast<std::int64_t>(at - std::exchange(time_before_, at)));
  }

  void put(const series_unit& unit) {
    put(unit.since);
    put(unit.text);
  }

  void put(const unit_gauge& g) {
    put(g.values);
    put(g.unit);
  }

  void put(const dyno_state& state) {
    each_gauge(state, [this](const gauge& g) { put(g); });
    each_dyno_counter(state, [this](std::uint64_t n) { put(n); });
  }

  void put(const addon_state& state) {
    put(state.proc);
    put(state.values);
  }

  void put(const platform_stats& platform) {
    each_platform_counter(platform, [this](std::uint64_t n) { put(n); });
    put(platform.dynos);
    put(platform.addons);
  }

  void put(const count_series& series) {
    put(series.observations);
    series.sum.encode(out_);
  }

  void put(const gauge_series& series) {
    put(series.unit);
    put(series.values);
    if (observations(series) != 0)
      put_decimal(out_, series.min);
  }

  void put(const measure_series& series) {
    put(series.unit);
    series.values.encode(out_);
  }

  void put(const unique_series& series) {
    put(series.observations);
    put(series.members);
  }

  void put(const custom_stats& custom) {
    put(custom.overflow);
    put(custom.counts);
    put(custom.gauges);
    put(custom.measures);
    put(custom.uniques);
  }

  template <class T>
  void put(const by_name<T>& names) {
    put(std::uint64_t{names.size()});
    std::string_view before;
    for (const auto& [name, value] : names) {
      put_name(name, std::exchange(before, name));
      put(value);
    }
  }

  void put(const heavy_hitters<request_stats>& endpoints) {
    put(endpoints.absent_bound());
    put(endpoints.other());
    put(std::uint64_t{endpoints.entries().size()});
    std::string_view before;
    for (const auto& next : endpoints.entries()) {
      put_name(next.key, std::exchange(before, next.key));
      put(next.missed);
      put(next.payload);
    }
  }

  void put(const std::map<std::uint16_t, std::uint64_t>& by_status) {
    put(std::uint64_t{by_status.size()});
    for (const auto& [status, count] : by_status) {
      put(std::uint64_t{status});
      put(count);
    }
  }

  void put(const second_counts& by_second) {
    const auto is_counted = [](std::uint32_t n) { return n != 0; };
    put(static_cast<std::uint64_t>(std::count_if(by_second.begin(), by_second.end(), is_counted)));
    for (std::size_t second = 0; second < by_second.size(); ++second)
      if (by_second[second] != 0) {
        put(std::uint64_t{second});
        put(std::uint64_t{by_second[second]});
      }
  }

private:
  void put_name(std::string_view name, std::string_view before) {
    const auto most = std::min({name.size(), before.size(), max_shared_bytes});
    const auto end = name.begin() + static_cast<std::ptrdiff_t>(most);
    const auto differs = std::mismatch(name.begin(), end, before.begin()).first;
    const auto shared = static_cast<std::size_t>(differs - name.begin());
    put(std::uint64_t{shared});
    put_text(out_, name.substr(shared));
  }

  std::string& out_;
  std::uint64_t time_before_ = 0; // in microseconds
};

// Reads the parts of a rollup one after the other; once one is damaged, all further reads fail.
class reader {
public:
  reader(std::string_view bytes, char of_version)
      : rest_(bytes), has_short_forms_(of_version > version_without_custom),
        has_thousandths_(of_version <= version_of_thousandths) {}

  /// False after the first damage.
  bool is_whole() const { return is_whole_; }

  bool is_done() const { return is_whole_ && rest_.empty(); }

  std::uint64_t number() { return keep(take_number(rest_)); }

  double real() { return keep(has_short_forms_ ? take_decimal(rest_) : take_real(rest_)); }

  void take(std::uint64_t& count) { count = number(); }

  void take(histogram& h) {
    h = keep(histogram::decode(rest_, has_short_forms_ ? histogram::cell_form::short_counts
                                                       : histogram::cell_form::pairs));
  }

  void take(request_stats& stats) {
    take(stats.count);
    take(stats.errors);
    if (!has_thousandths_) {
      const bool has_more = stats.errors % 2 != 0;
      stats.errors /= 2;
      if (has_more) {
        take(stats.failures);
        take(stats.websockets);
        require(stats.failures != 0 || stats.websockets != 0);
      }
    }
    require(stats.errors <= UINT64_MAX / 2);
    take(stats.service);
    require(stats.failures <= stats.count && stats.websockets <= stats.count &&
            stats.service.count() <= stats.count);
  }

  void take(std::string& text) { text = keep(take_text(rest_)); }

  void take(gauge& g) {
    const auto count = number();
    const bool has_max = !has_short_forms_ || count % 2 != 0;
    g.count = has_short_forms_ ? count / 2 : count;
    require(g.count <= UINT64_MAX / 2);
    if (g.count == 0)
      return require(!has_short_forms_ || !has_max);
    g.last_at = time();
    g.last = real();
    g.max = has_max ? real() : g.last;
    require(g.last <= g.max);
  }

  void take(series_unit& unit) {
    unit.since = time();
    take(unit.text);
  }

  void take(unit_gauge& g) {
    take(g.values);
    take(g.unit);
  }

  void take(dyno_state& state) {
    each_gauge(state, [this](gauge& g) { take(g); });
    each_dyno_counter(state, [this](std::uint64_t& n) { take(n); });
  }

  void take(addon_state& state) {
    take(state.proc);
    take(state.values);
  }

  void take(distinct_counter& members) { members = keep(distinct_counter::decode(rest_)); }

  void take(count_series& series) {
    take(series.observations);
    if (!has_thousandths_) {
      series.sum = keep(decimal_sum::decode(rest_));
      return;
    }
    const auto whole = keep(take_signed(rest_));
    const auto billionths = number();
    require(billionths < decimal_sum::billion);
    if (is_whole_)
      series.sum = {whole, billionths * decimal_sum::billion};
  }

  void take(gauge_series& series) {
    take(series.unit);
    take(series.values);
    if (observations(series) == 0)
      return;
    series.min = real();
    require(series.min <= series.values.last);
  }

  void take(measure_series& series) {
    take(series.unit);
    series.values = keep(distribution::decode(rest_));
  }

  void take(unique_series& series) {
    take(series.observations);
    take(series.members);
  }

  void take(custom_stats& custom) {
    take(custom.overflow);
    take(custom.counts);
    if (has_thousandths_) {
      take_old_gauges(custom);
      take_old_measures(custom);
    } else {
      take(custom.gauges);
      take(custom.measures);
    }
    take(custom.uniques);
  }

  void take(std::map<std::uint16_t, std::uint64_t>& by_status) {
    for (auto left = number(); left > 0 && is_whole_; --left) {
      const auto status = number(), count = number();
      require(status <= UINT16_MAX && (by_status.empty() || by_status.rbegin()->first < status));
      if (is_whole_)
        by_status.emplace_hint(by_status.end(), static_cast<std::uint16_t>(status), count);
    }
  }

  void take(platform_stats& platform) {
    each_platform_counter(platform, [this](std::uint64_t& n) { take(n); });
    take(platform.dynos);
    take(platform.addons);
  }

  template <class T>
  void take(by_name<T>& names) {
    for (auto left = number(); left > 0 && is_whole_; --left) {
      const std::string_view before = names.empty() ? std::string_view() : names.rbegin()->first;
      auto name = name_after(before);
      require(names.empty() || before < name);
      if (is_whole_)
        take(names.emplace_hint(names.end(), std::move(name), T{})->second);
    }
  }

  void take(heavy_hitters<request_stats>& endpoints) {
    const auto absent_bound = number();
    request_stats other;
    take(other);
    std::vector<heavy_hitters<request_stats>::entry> entries;
    for (auto left = number(); left > 0 && is_whole_; --left) {
      auto name = name_after(entries.empty() ? std::string_view() : entries.back().key);
      require(entries.empty() || entries.back().key < name);
      auto& next = entries.emplace_back();
      next.key = std::move(name);
      next.missed = number();
      require(next.missed <= absent_bound);
      take(next.payload);
    }
    endpoints = heavy_hitters<request_stats>::from_parts(std::move(entries), std::move(other), absent_bound);
  }

  void take(second_counts& by_second) {
    std::uint64_t next = 0;
    for (auto left = number(); left > 0 && is_whole_; --left) {
      const auto second = number(), count = number();
      require(second >= next && second < by_second.size() && count != 0 && count <= UINT32_MAX);
      if (is_whole_)
        by_second[second] = static_cast<std::uint32_t>(count);
      next = second + 1;
    }
  }

  void require(bool holds) { is_whole_ = is_whole_ && holds; }

private:
  // In version 3 gauges have only their name as a key, and the unit of the last value.
  struct old_gauge {
    unit_gauge values;
    double min = 0;
  };
  struct old_measure {
    histogram thousandths;
    std::string unit;
  };

  void take(old_gauge& old) {
    take(old.values);
    old.min = real();
    require(old.values.values.count == 0 || old.min <= old.values.values.last);
  }

  void take(old_measure& old) {
    take(old.thousandths);
    take(old.unit);
  }

  // The time of its first value is not known; it comes before all that newer versions count.
  static series_unit unit_of_old(std::string_view name, const std::string& unit) {
    return name == other_name ? series_unit{} : series_unit{unit, timestamp{}};
  }

  void take_old_gauges(custom_stats& custom) {
    by_name<old_gauge> all;
    take(all);
    for (const auto& [name, old] : all) {
      const auto& [values, unit] = old.values;
      const auto kept = [&unit = unit](double value) { return kept_value(value, unit); };
      merge(custom.gauges[series_key(name, unit)],
            gauge_series{unit_of_old(name, unit),
                         {values.count, values.last_at, kept(values.last), kept(values.max)},
                         kept(old.min)});
    }
  }

  void take_old_measures(custom_stats& custom) {
    by_name<old_measure> all;
    take(all);
    for (const auto& [name, old] : all)
      merge(custom.measures[series_key(name, old.unit)],
            measure_series{unit_of_old(name, old.unit),
                           distribution::of_thousandths(old.thousandths, kept_value(1, old.unit))});
  }

  timestamp time() {
    time_before_ =
        has_short_forms_ ? time_before_ + static_cast<std::uint64_t>(keep(take_signed(rest_))) : number();
    return timestamp(std::chrono::microseconds(static_cast<std::int64_t>(time_before_)));
  }

  std::string name_after(std::string_view before) {
    std::string name;
    if (has_short_forms_) {
      const auto shared = number();
      require(shared <= std::min(before.size(), max_shared_bytes));
      name = before.substr(0, is_whole_ ? shared : 0);
    }
    name += keep(take_text(rest_));
    return name;
  }

  template <class T>
  T keep(std::optional<T> value) {
    require(value.has_value());
    return is_whole_ ? std::move(*value) : T{};
  }

  std::string_view rest_;
  bool has_short_forms_;          // those since version 3
  bool has_thousandths_;          // lacks what version 4 added
  std::uint64_t time_before_ = 0; // in microseconds
  bool is_whole_ = true;
};

std::string encode(const span_rollup& value, const second_counts& by_second) {
  std::string bytes(1, version);
  writer out(bytes);
  each_counter(value, version, [&](std::uint64_t n) { out.put(n); });
  out.put(value.service);
  out.put(value.connect);
  out.put(value.websockets);
  out.put(value.error_codes);
  out.put(value.countries);
  out.put(value.by_status);
  out.put(by_second);
  out.put(value.platform);
  out.put(value.custom);
  out.put(value.visitors);
  out.put(value.endpoints);
  out.put(value.dynos);
  return bytes;
}

} // namespace

std::string encode(const minute_rollup& value) {
  return encode(value, value.by_second);
}

std::string encode(const span_rollup& value) {
  return encode(value, {});
}

std::optional<minute_rollup> decode(std::string_view bytes, extent detail) {
  if (bytes.empty() || bytes.front() < version_without_platform || bytes.front() > version)
    return std::nullopt;
  const char found = bytes.front();
  reader in(bytes.substr(1), found);
  minute_rollup result;
  each_counter(result, found, [&](std::uint64_t& n) { in.take(n); });
  in.require(result.errors <= result.requests && result.failures <= result.requests);
  in.take(result.service);
  in.take(result.connect);
  if (found > version_of_thousandths)
    in.take(result.websockets);
  else
    result.failures = std::min(result.by_status_class[5], result.requests);
  in.take(result.error_codes);
  in.take(result.countries);
  if (found <= version_without_custom) {
    in.take(result.endpoints);
    in.take(result.dynos);
    in.take(result.by_second);
    if (found != version_without_platform)
      in.take(result.platform);
  } else {
    in.take(result.by_status);
    in.take(result.by_second);
    in.take(result.platform);
    in.take(result.custom);
    in.take(result.visitors);
    if (detail == extent::without_names)
      return in.is_whole() ? std::optional(std::move(result)) : std::nullopt;
    in.take(result.endpoints);
    in.take(result.dynos);
  }
  if (!in.is_done())
    return std::nullopt;
  if (detail == extent::without_names) {
    result.endpoints = {};
    result.dynos.clear();
  }
  return result;
}

} // namespace parseflow::rollup
