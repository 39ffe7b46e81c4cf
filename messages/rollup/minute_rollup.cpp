// Merging of minutes, and their compact form.
//
//   ROLLUP   = VERSION COUNTERS HISTOGRAM HISTOGRAM NAMES NAMES ENDPOINTS DYNOS SECONDS [PLATFORM]
//   NAMES    = NUMBER *(TEXT NUMBER)                             ; error codes, countries
//   ENDPOINTS= NUMBER STATS NUMBER *(TEXT NUMBER STATS)          ; absent bound, other, then the entries
//   DYNOS    = NUMBER *(TEXT STATS)
//   STATS    = NUMBER NUMBER HISTOGRAM                           ; count, errors, service
//   SECONDS  = NUMBER *(NUMBER NUMBER)                           ; second, requests; those with any
//   PLATFORM = 5NUMBER STATES ADDONS                             ; from version 2 on
//   STATES   = NUMBER *(TEXT 5GAUGE 4NUMBER)
//   ADDONS   = NUMBER *(TEXT TEXT VALUES)                        ; name, process, values
//   VALUES   = NUMBER *(TEXT GAUGE TEXT)                         ; name, numbers, unit
//   GAUGE    = NUMBER [NUMBER REAL REAL]                         ; count and, unless it is 0, time, last, max
//
// VERSION is one byte; NUMBER, TEXT and REAL are those of wire.hpp. Texts and seconds ascend. A time is in
// microseconds since 1970, modulo 2^64.
#include "messages/rollup/minute_rollup.hpp"

#include <algorithm>

#include "messages/rollup/wire.hpp"

namespace parseflow::rollup {

namespace {

constexpr char version = 2;
constexpr char version_without_platform = 1;

template <class T>
using by_name = std::map<std::string, T, std::less<>>;

// The counters that are plain numbers, in the order of the compact form.
template <class Rollup, class Visitor>
void each_counter(Rollup& r, Visitor visit) {
  visit(r.requests);
  visit(r.errors);
  for (auto& n : r.by_status_class)
    visit(n);
  for (auto& n : r.by_method)
    visit(n);
  visit(r.response_bytes);
  visit(r.lines);
  visit(r.bytes);
  visit(r.malformed);
  visit(r.count_mismatches);
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

void merge(std::uint64_t& into, std::uint64_t from) {
  into += from;
}

template <class T>
void merge_names(by_name<T>& into, const by_name<T>& from, std::size_t bound) {
  for (const auto& [name, value] : from)
    merge(bounded_entry(into, name, bound), value);
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

void put(std::string& out, const platform_stats& platform) {
  each_platform_counter(platform, [&](std::uint64_t n) { put_number(out, n); });
  put_names(out, platform.dynos);
  put_names(out, platform.addons);
}

// Takes the parts of a rollup one after the other; after the first damage all of them fail.
class reader {
public:
  explicit reader(std::string_view bytes) : rest_(bytes) {}

  bool is_done() const { return is_whole_ && rest_.empty(); }

  std::uint64_t number() { return keep(take_number(rest_)); }

  void take(std::uint64_t& count) { count = number(); }

  void take(histogram& h) { h = keep(histogram::decode(rest_)); }

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
  bool is_whole_ = true;
};

} // namespace

void merge(minute_rollup& into, const minute_rollup& from, const limits& bounds) {
  merge_totals(into, from, bounds);
  merge_names(into.countries, from.countries, SIZE_MAX);
  into.endpoints.add(from.endpoints, bounds.endpoints);
  merge_names(into.dynos, from.dynos, bounds.dynos);
  for (std::size_t i = 0; i < into.by_second.size(); ++i)
    into.by_second[i] += from.by_second[i];
}

void merge_totals(minute_rollup& into, const minute_rollup& from, const limits& bounds) {
  into.requests += from.requests;
  into.errors += from.errors;
  for (std::size_t i = 0; i < into.by_status_class.size(); ++i)
    into.by_status_class[i] += from.by_status_class[i];
  for (std::size_t i = 0; i < into.by_method.size(); ++i)
    into.by_method[i] += from.by_method[i];
  into.service.merge(from.service);
  into.connect.merge(from.connect);
  into.response_bytes += from.response_bytes;
  merge_names(into.error_codes, from.error_codes, bounds.error_codes);
  into.lines += from.lines;
  into.bytes += from.bytes;
  into.malformed += from.malformed;
  into.count_mismatches += from.count_mismatches;
  merge(into.platform, from.platform, bounds);
}

std::string encode(const minute_rollup& value) {
  std::string out(1, version);
  each_counter(value, [&](std::uint64_t n) { put_number(out, n); });
  value.service.encode(out);
  value.connect.encode(out);
  put_names(out, value.error_codes);
  put_names(out, value.countries);
  put_number(out, value.endpoints.absent_bound());
  put(out, value.endpoints.other());
  put_number(out, value.endpoints.entries().size());
  for (const auto& next : value.endpoints.entries()) {
    put_text(out, next.key);
    put_number(out, next.missed);
    put(out, next.payload);
  }
  put_names(out, value.dynos);
  const auto is_counted = [](std::uint32_t n) { return n != 0; };
  put_number(out, static_cast<std::uint64_t>(
                      std::count_if(value.by_second.begin(), value.by_second.end(), is_counted)));
  for (std::size_t second = 0; second < value.by_second.size(); ++second)
    if (value.by_second[second] != 0) {
      put_number(out, second);
      put_number(out, value.by_second[second]);
    }
  put(out, value.platform);
  return out;
}

std::optional<minute_rollup> decode(std::string_view bytes) {
  if (bytes.empty() || (bytes.front() != version && bytes.front() != version_without_platform))
    return std::nullopt;
  reader in(bytes.substr(1));
  minute_rollup result;
  each_counter(result, [&](std::uint64_t& n) { in.take(n); });
  in.require(result.errors <= result.requests);
  in.take(result.service);
  in.take(result.connect);
  in.take(result.error_codes);
  in.take(result.countries);
  in.take(result.endpoints);
  in.take(result.dynos);
  in.take(result.by_second);
  if (bytes.front() != version_without_platform)
    in.take(result.platform);
  if (!in.is_done())
    return std::nullopt;
  return result;
}

} // namespace parseflow::rollup
