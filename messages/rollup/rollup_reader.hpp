// Reads the compact form of rollups, also of earlier versions: see rollup_form.cpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "messages/rollup/by_name.hpp"
#include "messages/rollup/minute_rollup.hpp"
#include "messages/rollup/rollup_form_parts.hpp"
#include "messages/rollup/wire.hpp"

namespace parseflow::rollup::form {

/// Reads the parts of a rollup one after the other; once one is damaged, all further reads fail.
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

} // namespace parseflow::rollup::form
