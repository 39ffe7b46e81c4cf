// Counts samples, and lines that are not requests, in their minute. Allocates once per name.
#pragma once

#include <string>
#include <string_view>

#include "messages/parsed_body.hpp"
#include "messages/rollup/span_rollup.hpp"

namespace parseflow::rollup {

/// The name a dyno is counted under. One-off dynos (`run.8963`, `scheduler.4410`: numbers of four digits and
/// more) never come back and share the name of their type; otherwise a busy scheduler would use up the room
/// for names.
std::string_view dyno_label(std::string_view dyno);

/// Counts a line that is not a request, without its samples.
void count_line(const log_record& line, span_rollup& into, const limits& bounds);

/// Counts samples; consecutive samples of one line cost a single look-up of their name.
class sample_counter {
public:
  explicit sample_counter(const limits& bounds) : bounds_(bounds) {}

  /// Adds one sample. `into` must stay at the same address until another one is given. Values that are not
  /// finite are not counted.
  void add(const sample_record& sample, span_rollup& into);

private:
  void add_to_dyno(const sample_record& sample, platform_stats& into);
  void add_to_addon(const sample_record& sample, platform_stats& into);
  std::string_view series_name(const sample_record& sample);
  bool is_same(const sample_record& sample, const platform_stats& into);

  const limits& bounds_;
  const sample_record* last_ = nullptr;
  const platform_stats* last_into_ = nullptr;
  dyno_state* dyno_ = nullptr;
  addon_state* addon_ = nullptr; // null beyond the bound
  std::string series_;           // buffer for names that are made of two
};

} // namespace parseflow::rollup
