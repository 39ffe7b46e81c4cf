// Writes the compact form of rollups: see rollup_form.cpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "messages/rollup/by_name.hpp"
#include "messages/rollup/minute_rollup.hpp"
#include "messages/rollup/rollup_form_parts.hpp"
#include "messages/rollup/wire.hpp"

namespace parseflow::rollup::form {

/// Writes the parts of a rollup one after the other.
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

} // namespace parseflow::rollup::form
