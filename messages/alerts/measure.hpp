// (rule, what was counted, now) → the value that the rule judges.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "messages/alerts/rule.hpp"
#include "messages/alerts/watched_window.hpp"
#include "messages/rollup/span_rollup.hpp"
#include "messages/time.hpp"

namespace parseflow::alerts {

/// An app as rules see it.
struct watched_app {
  std::string_view name;
  /// When its last line came in.
  timestamp heard{};
  /// Its sum over a window.
  std::function<rollup::span_rollup(watched_window)> sum_over;
};

/// The database as rules see it.
struct watched_database {
  /// Lines counted and not yet stored.
  std::uint64_t lag_lines = 0;
  /// When it stopped taking lines; nothing while it takes them.
  std::optional<timestamp> away_since;
};

/// The value that a rule judges, and how much it rests on.
struct measured {
  /// Nothing if there was nothing to measure: no requests, or no line from the app for 24 h.
  std::optional<double> value;
  /// False if there is too little data to raise an alert. An alert that is open is still judged by the value.
  bool can_raise = true;
  /// Requests in the window; 0 if the metric has none.
  std::uint64_t requests = 0;
};

/// The numbers of one app at one moment. Sums each window once, however many rules look at it.
class app_measure {
public:
  /// @param app Must outlive this object.
  /// @param listening_since When this process began to listen; before that it could hear no app.
  app_measure(const watched_app& app, timestamp listening_since, timestamp now)
      : app_(app), listening_since_(listening_since), now_(now) {}

  /// Precondition: the metric is not one of the database.
  measured of(const rule& judged);

private:
  measured silence(const rule& judged) const;
  const rollup::span_rollup& sum_over(watched_window window);

  const watched_app& app_;
  timestamp listening_since_, now_;
  std::map<watched_window, rollup::span_rollup> sums_;
};

/// The same for metrics of the database.
measured measure(const rule& judged, const watched_database& database, timestamp now);

} // namespace parseflow::alerts
