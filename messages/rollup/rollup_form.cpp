// The compact form of rollups.
//
//   ROLLUP   = VERSION COUNTERS HISTOGRAM HISTOGRAM NAMES NAMES STATUSES SECONDS PLATFORM CUSTOM MEMBERS
//   ENDPOINTS DYNOS NAMES    = NUMBER *(TEXT NUMBER)                             ; error codes, countries
//   STATUSES = NUMBER *(NUMBER NUMBER)                           ; status, requests
//   SECONDS  = NUMBER *(NUMBER NUMBER)                           ; second, requests; those with any
//   PLATFORM = 5NUMBER STATES ADDONS
//   STATES   = NUMBER *(TEXT 5GAUGE 4NUMBER)
//   ADDONS   = NUMBER *(TEXT TEXT VALUES)                        ; name, process, values
//   VALUES   = NUMBER *(TEXT VALUE)
//   VALUE    = GAUGE TEXT                                        ; numbers, unit
//   GAUGE    = NUMBER [NUMBER REAL REAL]                         ; count and, unless it is 0, time, last, max
//   CUSTOM   = NUMBER COUNTS GAUGES MEASURES UNIQUES             ; the number is that of folded samples
//   COUNTS   = NUMBER *(TEXT NUMBER SIGNED NUMBER)               ; name, observations, sum: whole, billionths
//   GAUGES   = NUMBER *(TEXT VALUE REAL)                         ; name, values, least
//   MEASURES = NUMBER *(TEXT HISTOGRAM TEXT)                     ; name, thousandths, unit
//   UNIQUES  = NUMBER *(TEXT NUMBER MEMBERS)                     ; name, observations, members
//   ENDPOINTS= NUMBER STATS NUMBER *(TEXT NUMBER STATS)          ; absent bound, other, then the entries
//   DYNOS    = NUMBER *(TEXT STATS)
//   STATS    = NUMBER NUMBER HISTOGRAM                           ; count, errors, service
//
// VERSION is one byte; NUMBER, SIGNED, TEXT and REAL are those of wire.hpp, HISTOGRAM is in histogram.cpp,
// MEMBERS in distinct_counter.cpp. Texts, statuses and seconds ascend. A time is in microseconds since 1970,
// modulo 2^64. What takes most of the bytes stands last, so that one can do without.
//
// Versions before 3 had fewer COUNTERS, and histograms of the form `pairs`, in the order
//
//   ROLLUP   = VERSION COUNTERS HISTOGRAM HISTOGRAM NAMES NAMES ENDPOINTS DYNOS SECONDS [PLATFORM]
//
// with the PLATFORM from version 2 on.
#include "messages/rollup/minute_rollup.hpp"

#include <algorithm>

#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

namespace {

constexpr char version = 3;
constexpr char version_without_custom = 2;
constexpr char version_without_platform = 1;
constexpr std::size_t methods_before_3 = 5;

template <class T>
using by_name = std::map<std::string, T, std::less<>>;

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
}

// Likewise of the platform's part, and of one dyno.
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

void put(std::string& out, const request_stats& stats) {
  put_number(out, stats.count);
  put_number(out, stats.errors);
  stats.service.encode(out);
}

void put(std::string& out, std::uint64_t count) {
  put_number(out, count);
}

void put(std::string& out, const gauge& g) {
  put_number(out, g.count);
  if (g.count == 0)
    return;
  put_number(out, static_cast<std::uint64_t>(g.last_at.time_since_epoch().count()));
  put_real(out, g.last);
  put_real(out, g.max);
}

void put(std::string& out, const unit_gauge& g) {
  put(out, g.values);
  put_text(out, g.unit);
}

void put(std::string& out, const dyno_state& state) {
  each_gauge(state, [&](const gauge& g) { put(out, g); });
  each_dyno_counter(state, [&](std::uint64_t n) { put_number(out, n); });
}

void put(std::string& out, const count_series& series) {
  put_number(out, series.observations);
  put_signed(out, series.sum.whole());
  put_number(out, series.sum.billionths());
}

void put(std::string& out, const gauge_series& series) {
  put(out, series.values);
  put_real(out, series.min);
}

void put(std::string& out, const measure_series& series) {
  series.thousandths.encode(out);
  put_text(out, series.unit);
}

void put(std::string& out, const unique_series& series) {
  put_number(out, series.observations);
  series.members.encode(out);
}

template <class T>
void put_names(std::string& out, const by_name<T>& names);

void put(std::string& out, const addon_state& state) {
  put_text(out, state.proc);
  put_names(out, state.values);
}

template <class T>
void put_names(std::string& out, const by_name<T>& names) {
  put_number(out, names.size());
  for (const auto& [name, value] : names) {
    put_text(out, name);
    put(out, value);
  }
}

void put(std::string& out, const custom_stats& custom) {
  put_number(out, custom.folded);
  put_names(out, custom.counts);
  put_names(out, custom.gauges);
  put_names(out, custom.measures);
  put_names(out, custom.uniques);
}

void put(std::string& out, const heavy_hitters<request_stats>& endpoints) {
  put_number(out, endpoints.absent_bound());
  put(out, endpoints.other());
  put_number(out, endpoints.entries().size());
  for (const auto& next : endpoints.entries()) {
    put_text(out, next.key);
    put_number(out, next.missed);
    put(out, next.payload);
  }
}

void put(std::string& out, const std::array<std::uint32_t, 60>& by_second) {
  const auto is_counted = [](std::uint32_t n) { return n != 0; };
  put_number(out, static_cast<std::uint64_t>(std::count_if(by_second.begin(), by_second.end(), is_counted)));
  for (std::size_t second = 0; second < by_second.size(); ++second)
    if (by_second[second] != 0) {
      put_number(out, second);
      put_number(out, by_second[second]);
    }
}

void put(std::string& out, const std::map<std::uint16_t, std::uint64_t>& by_status) {
  put_number(out, by_status.size());
  for (const auto& [status, count] : by_status) {
    put_number(out, status);
    put_number(out, count);
  }
}

void put(std::string& out, const platform_stats& platform) {
  each_platform_counter(platform, [&](std::uint64_t n) { put_number(out, n); });
  put_names(out, platform.dynos);
  put_names(out, platform.addons);
}

// Takes the parts of a rollup one after the other; after the first damage all of them fail.
class reader {
public:
  reader(std::string_view bytes, histogram::cell_form cells) : rest_(bytes), cells_(cells) {}

  /// False after the first damage.
  bool is_whole() const { return is_whole_; }

  bool is_done() const { return is_whole_ && rest_.empty(); }

  std::uint64_t number() { return keep(take_number(rest_)); }

  void take(std::uint64_t& count) { count = number(); }

  void take(histogram& h) { h = keep(histogram::decode(rest_, cells_)); }

  void take(request_stats& stats) {
    take(stats.count);
    take(stats.errors);
    take(stats.service);
    require(stats.service.count() <= stats.count);
  }

  void take(std::string& text) { text = keep(take_text(rest_)); }

  void take(gauge& g) {
    take(g.count);
    if (g.count == 0)
      return;
    g.last_at = timestamp(std::chrono::microseconds(static_cast<std::int64_t>(number())));
    g.last = keep(take_real(rest_));
    g.max = keep(take_real(rest_));
    require(g.last <= g.max);
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
    const auto whole = keep(take_signed(rest_));
    const auto billionths = number();
    require(billionths < decimal_sum::billion);
    if (is_whole_)
      series.sum = {whole, static_cast<std::uint32_t>(billionths)};
  }

  void take(gauge_series& series) {
    take(series.values);
    series.min = keep(take_real(rest_));
    require(series.values.values.count == 0 || series.min <= series.values.values.last);
  }

  void take(measure_series& series) {
    take(series.thousandths);
    take(series.unit);
  }

  void take(unique_series& series) {
    take(series.observations);
    take(series.members);
  }

  void take(custom_stats& custom) {
    take(custom.folded);
    take(custom.counts);
    take(custom.gauges);
    take(custom.measures);
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
      const auto name = keep(take_text(rest_));
      require(names.empty() || std::string_view(names.rbegin()->first) < name);
      if (is_whole_)
        take(names.emplace_hint(names.end(), name, T{})->second);
    }
  }

  void take(heavy_hitters<request_stats>& endpoints) {
    const auto absent_bound = number();
    request_stats other;
    take(other);
    std::vector<heavy_hitters<request_stats>::entry> entries;
    for (auto left = number(); left > 0 && is_whole_; --left) {
      const auto name = keep(take_text(rest_));
      require(entries.empty() || entries.back().key < name);
      auto& next = entries.emplace_back();
      next.key = name;
      next.missed = number();
      require(next.missed <= absent_bound);
      take(next.payload);
    }
    endpoints = heavy_hitters<request_stats>::from_parts(std::move(entries), std::move(other), absent_bound);
  }

  void take(std::array<std::uint32_t, 60>& by_second) {
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
  template <class T>
  T keep(std::optional<T> value) {
    require(value.has_value());
    return is_whole_ ? std::move(*value) : T{};
  }

  std::string_view rest_;
  histogram::cell_form cells_;
  bool is_whole_ = true;
};

} // namespace

std::string encode(const minute_rollup& value) {
  std::string out(1, version);
  each_counter(value, version, [&](std::uint64_t n) { put_number(out, n); });
  value.service.encode(out);
  value.connect.encode(out);
  put_names(out, value.error_codes);
  put_names(out, value.countries);
  put(out, value.by_status);
  put(out, value.by_second);
  put(out, value.platform);
  put(out, value.custom);
  value.visitors.encode(out);
  put(out, value.endpoints);
  put_names(out, value.dynos);
  return out;
}

std::optional<minute_rollup> decode(std::string_view bytes, extent detail) {
  if (bytes.empty() || bytes.front() < version_without_platform || bytes.front() > version)
    return std::nullopt;
  const char found = bytes.front();
  using cells = histogram::cell_form;
  reader in(bytes.substr(1), found == version ? cells::short_ones : cells::pairs);
  minute_rollup result;
  each_counter(result, found, [&](std::uint64_t& n) { in.take(n); });
  in.require(result.errors <= result.requests);
  in.take(result.service);
  in.take(result.connect);
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
