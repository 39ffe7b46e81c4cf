#include "messages/rollup/platform_count.hpp"

#include <algorithm>
#include <cmath>

#include "messages/logplex/letter.hpp"

namespace parseflow::rollup {

namespace {

// L11 is about a tail session, not about a drain.
bool is_loss_of_drain(const log_record& line) {
  return line.code != "L11" && line.number > 0;
}

gauge* gauge_named(std::string_view name, dyno_state& state) {
  if (name == "memory_total")
    return &state.memory_total_mb;
  if (name == "memory_rss")
    return &state.memory_rss_mb;
  if (name == "memory_swap")
    return &state.memory_swap_mb;
  if (name == "memory_quota")
    return &state.memory_quota_mb;
  if (name == "load_avg_1m")
    return &state.load_avg_1m;
  return nullptr;
}

} // namespace

std::string_view dyno_label(std::string_view dyno) {
  constexpr std::size_t one_off_digits = 4;
  const auto dot = dyno.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dyno.size() - dot - 1 < one_off_digits)
    return dyno;
  const auto number = dyno.substr(dot + 1);
  return std::all_of(number.begin(), number.end(), logplex::is_digit) ? dyno.substr(0, dot) : dyno;
}

void count_line(const log_record& line, span_rollup& into, const limits& bounds) {
  auto& platform = into.platform;
  const auto count_code = [&] {
    if (!line.code.empty())
      ++bounded_entry(into.error_codes, line.code, bounds.error_codes);
  };
  const auto dyno = [&]() -> dyno_state& {
    return bounded_entry(platform.dynos, dyno_label(line.proc), bounds.dynos);
  };
  switch (line.kind) {
  case line_kind::malformed:
    ++into.malformed;
    break;
  case line_kind::state_change:
    if (line.subject == "starting")
      ++dyno().starts;
    else if (line.subject == "crashed")
      ++dyno().crashes;
    break;
  case line_kind::dyno_error:
    count_code();
    if (line.code == "R14")
      ++dyno().r14;
    else if (line.code == "R15")
      ++dyno().r15;
    break;
  case line_kind::release:
    ++platform.releases;
    break;
  case line_kind::deploy:
    ++platform.deploys;
    break;
  case line_kind::loss:
    count_code();
    if (is_loss_of_drain(line))
      platform.dropped_by_sender += static_cast<std::uint64_t>(line.number);
    break;
  case line_kind::logging_error:
    count_code();
    break;
  default:
    break;
  }
}

void sample_counter::add(const sample_record& sample, span_rollup& into) {
  if (!std::isfinite(sample.value))
    return;
  auto& platform = into.platform;
  switch (sample.origin) {
  case sample_origin::dyno:
    add_to_dyno(sample, platform);
    break;
  case sample_origin::addon:
    add_to_addon(sample, platform);
    break;
  case sample_origin::custom:
    ++platform.custom_samples;
    rollup::add(into.custom, series_name(sample), sample, bounds_);
    return;
  }
  last_ = &sample;
  last_into_ = &platform;
}

std::string_view sample_counter::series_name(const sample_record& sample) {
  if (sample.source.empty())
    return sample.name;
  series_ = sample.name;
  series_ += '@';
  series_ += sample.source;
  return series_;
}

// True if `sample` is about the same dyno or add-on as the one before: their names are the same bytes.
bool sample_counter::is_same(const sample_record& sample, const platform_stats& into) {
  const auto is_same_view = [](std::string_view a, std::string_view b) {
    return a.data() == b.data() && a.size() == b.size();
  };
  return last_ && last_into_ == &into && last_->origin == sample.origin &&
         is_same_view(last_->source, sample.source) && is_same_view(last_->instance, sample.instance) &&
         is_same_view(last_->proc, sample.proc);
}

void sample_counter::add_to_dyno(const sample_record& sample, platform_stats& into) {
  if (!is_same(sample, into)) {
    const auto name = sample.source.empty() ? sample.proc : sample.source;
    dyno_ = &bounded_entry(into.dynos, dyno_label(name), bounds_.dynos);
  }
  if (auto* const known = gauge_named(sample.name, *dyno_))
    merge(*known, gauge_of(sample.at, sample.value));
}

void sample_counter::add_to_addon(const sample_record& sample, platform_stats& into) {
  if (!is_same(sample, into)) {
    const auto name = !sample.instance.empty() ? sample.instance
                      : !sample.source.empty() ? sample.source
                                               : sample.proc;
    addon_ = entry_within(into.addons, name, bounds_.addons);
    if (addon_ && sample.proc > addon_->proc)
      addon_->proc = sample.proc;
  }
  auto* const known = addon_ ? entry_within(addon_->values, sample.name, bounds_.addon_values) : nullptr;
  if (known)
    merge(*known, unit_gauge{gauge_of(sample.at, sample.value), std::string(sample.unit)});
  else
    ++into.addon_samples_left_out;
}

} // namespace parseflow::rollup
