// One timeline per app, and one of their sum, so that the cost of a question about all apps does not grow
// with their number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "messages/rollup/limits.hpp"
#include "messages/rollup/timeline.hpp"

namespace parseflow::rollup {

/// The name of a dyno or an endpoint in answers that cover several apps.
std::string qualified_name(std::string_view app, std::string_view name);

/// The parts of a `qualified_name`; of any other name the app is empty.
struct app_and_name {
  std::string_view app, name;
};
app_and_name parts_of(std::string_view qualified);

/// A timeline per app. In all questions an empty `app` means all apps together, and an unknown app has
/// counted nothing. In answers for all apps, dynos and endpoints carry a `qualified_name`, so that those of
/// two apps are never mixed up.
class app_timelines {
public:
  /// @param most_apps Number of apps that get their own timeline, first come first served; the others share
  /// the timeline `other_name`.
  explicit app_timelines(std::size_t most_apps = limits{}.apps) : most_apps_(most_apps) {}

  /// Adds what was counted in the minute `at`; see `timeline::add`.
  void add(std::string_view app, minute at, const minute_rollup& data, minute now);

  /// Notes that a line of `app` came in at `at`. Call it after the line's counts were added.
  void hear(std::string_view app, timestamp at);

  /// Adds what a database holds for the minute `at`. The time of receipt is not known: the end of the minute
  /// is assumed, or `now` if that is earlier.
  void restore(std::string_view app, minute at, const minute_rollup& data, timestamp now);

  /// Adds what was counted before, in `earlier`, to what was counted since. The content of `earlier` is
  /// unspecified afterwards.
  void begin_with(app_timelines& earlier);

  /// Subtracts what was counted in the minute `at`; see `timeline::subtract`.
  void subtract(std::string_view app, minute at, const minute_rollup& counted);

  /// See `timeline::age`.
  void age(minute now);

  /// See `timeline::prepare`; for all apps together.
  void prepare(std::chrono::minutes length, std::size_t most_spans);

  /// Everything ever added.
  span_rollup all(std::string_view app) const;

  /// See `timeline::between`.
  span_rollup between(std::string_view app, minute from, minute to, extent detail = extent::all) const;

  /// See `timeline::requests_between`.
  std::uint64_t requests_between(std::string_view app, std::chrono::sys_seconds from,
                                 std::chrono::sys_seconds to) const;

  /// One app.
  struct entry {
    timeline counted;
    /// When its last line came in.
    timestamp heard{};
  };

  /// One entry per app ever seen, by name; also `other_name` if there were more apps than have their
  /// own timeline.
  const std::map<std::string, entry, std::less<>>& apps() const { return apps_; }

private:
  const timeline* find(std::string_view app) const;
  entry* counted_under(std::string_view app);

  std::size_t most_apps_;
  std::map<std::string, entry, std::less<>> apps_;
  timeline overall_;
};

} // namespace parseflow::rollup
