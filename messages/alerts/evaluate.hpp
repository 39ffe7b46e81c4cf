// (rules, what was counted, now) → alerts raised or resolved. Pure: the judge feeds it once per tick.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/alert.hpp"
#include "messages/alerts/measure.hpp"
#include "messages/alerts/rule.hpp"

namespace parseflow::alerts {

/// The state of all rules, for each app: no alert, waiting for `rule::hold`, or raised.
///
/// An alert is raised once, when the trigger has held at every evaluation for `rule::hold`. It is resolved
/// once, when its value is on the side of `rule::release`, when there is nothing left to measure, or when its
/// rule does not exist any more. While it is open, each judgement updates its `now`, `current` and `worst`.
class evaluator {
public:
  /// How long to wait for the alerts of earlier runs before judging without them.
  static constexpr std::chrono::seconds history_timeout{60};
  /// How long nothing is resolved after they came: the lines of earlier runs may still be on their way.
  static constexpr std::chrono::seconds settling_grace{10};
  /// How long resolved alerts are shown, and how many of them at most.
  static constexpr std::chrono::hours resolved_kept{1};
  static constexpr std::size_t max_resolved = 100;

  evaluator(std::vector<rule> rules, timestamp listening_since);

  /// Takes the alerts of earlier runs: open ones stay open, resolved ones are only shown. If an alert of the
  /// same type and app was raised in the meantime, it is resolved and the earlier one stays open. Returns the
  /// alerts that were resolved so.
  std::vector<alert> restore(std::vector<alert> earlier, timestamp now);

  /// Judges by these rules from now on. What is remembered of a rule goes over to the one of the same name that
  /// concerns the same app; open alerts without such a rule are resolved by the next judgement.
  void replace_rules(std::vector<rule> rules);

  /// Judges every rule about apps; returns what was raised or resolved. An app that is not in `apps` is gone.
  std::vector<alert> judge_apps(std::span<const watched_app> apps, timestamp now);

  /// The same for the rules about the database.
  std::vector<alert> judge_database(const watched_database& database, timestamp now);

  /// Open alerts, and those resolved within the last hour; newest first. Those of one app and of the service
  /// itself, or all if the name is empty.
  std::vector<alert> alerts(std::string_view app, timestamp now) const;

private:
  struct condition {
    timestamp since{}; // when the trigger began to hold
    std::optional<alert> raised;
    std::uint64_t round = 0; // of the last judgement
  };
  using conditions = std::map<std::string, condition, std::less<>>; // by app

  bool concerns(const rule& judged, std::string_view app) const;
  conditions* conditions_for(std::string_view rule_name, std::string_view app);
  void judge(std::size_t index, std::string_view app, const measured& found, timestamp now,
             std::vector<alert>& changed);
  void judge_gone(timestamp now, std::vector<alert>& changed);
  void resolve_unruled(timestamp now, std::vector<alert>& changed);
  bool settle(condition& state, const rule& judged, std::string_view app, const measured& found,
              timestamp now, std::vector<alert>& changed) const;
  void keep_resolved(const alert& one);
  void keep_resolved_of(const std::vector<alert>& changed);

  std::vector<rule> rules_;
  std::vector<conditions> states_; // by rule
  std::vector<alert> unruled_;     // of earlier runs, open
  std::deque<alert> resolved_;     // newest first
  timestamp listening_since_;
  timestamp judges_from_;
  timestamp resolves_from_{};
  std::uint64_t round_ = 0;
};

} // namespace parseflow::alerts
