// Reads rules word by word. Within this file a problem is thrown; callers get it as a value.
#include "messages/alerts/parse_rules.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "messages/alerts/metric.hpp"
#include "messages/logplex/blank_text.hpp"
#include "messages/nearest_name.hpp"
#include "messages/read_number.hpp"
#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::alerts {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_name_bytes = 64;
constexpr std::chrono::minutes longest_window{60};
constexpr std::chrono::hours longest_hold{24};
// Where an alert is resolved without `resolve`, as a fraction of its limit.
constexpr double released_at = 0.8, burst_released_at = 0.5;

struct problem {
  std::string sentence;
};

// The words of one rule.
class words {
public:
  explicit words(std::string_view text) : rest_(text) {}

  // The next word; empty at the end.
  std::string_view next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(logplex::blanks), rest_.size()));
    const auto word = rest_.substr(0, rest_.find_first_of(logplex::blanks));
    rest_.remove_prefix(word.size());
    return word;
  }

private:
  std::string_view rest_;
};

[[noreturn]] void refuse(std::string_view word, std::string_view what_is_right) {
  throw problem{word.empty() ? fmt::format("it ends where {} is needed", what_is_right)
                             : fmt::format("\"{}\" is wrong: {} is needed", word, what_is_right)};
}

comparison comparison_from(std::string_view word) {
  for (const auto known : {comparison::above, comparison::at_least, comparison::below, comparison::at_most})
    if (to_string(known) == word)
      return known;
  refuse(word, "a comparison (>, >=, < or <=)");
}

double limit_from(std::string_view word) {
  const auto value = read_number<double>(word);
  if (!value || !std::isfinite(*value) || *value < 0)
    refuse(word, "a number of at least 0");
  return *value;
}

std::chrono::seconds duration_from(std::string_view word) {
  const auto count =
      word.empty() ? std::nullopt : read_number<std::uint32_t>(word.substr(0, word.size() - 1));
  if (count)
    switch (word.back()) {
    case 's':
      return std::chrono::seconds{*count};
    case 'm':
      return std::chrono::minutes{*count};
    case 'h':
      return std::chrono::hours{*count};
    default:
      break;
    }
  refuse(word, "a duration such as 90s, 5m or 1h");
}

std::chrono::minutes window_from(std::string_view word) {
  const auto length = duration_from(word);
  if (length < 1min || length > longest_window || length % 1min != 0s)
    refuse(word, "a window of whole minutes from 1m to 60m");
  return std::chrono::duration_cast<std::chrono::minutes>(length);
}

std::chrono::seconds hold_from(std::string_view word) {
  const auto length = duration_from(word);
  if (length > longest_hold)
    refuse(word, "a duration of at most 24h");
  return length;
}

std::uint64_t count_from(std::string_view word) {
  const auto value = read_number<std::uint64_t>(word);
  if (!value)
    refuse(word, "a number of requests");
  return *value;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= max_name_bytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string metric_from(std::string_view word) {
  if (is_metric(word))
    return std::string{word};
  if (const auto meant = nearest_name(word, rollup::metric_names()); !meant.empty())
    throw problem{fmt::format("\"{}\" is wrong: a metric is needed (did you mean {}?)", word, meant)};
  refuse(word, "a metric (" + all_metric_names() + ")");
}

bound default_release(const rule& made) {
  const double part = made.metric.starts_with(code_prefix) ? burst_released_at : released_at;
  return points_up(made.trigger.how) ? bound{comparison::at_most, part * made.trigger.limit}
                                     : bound{comparison::at_least, made.trigger.limit / part};
}

// A limit of 0 has no fraction: the alert is then resolved as soon as the value is on the other side of 0.
bound beside(const bound& trigger, bound release) {
  if (release.limit != trigger.limit || !trigger.holds(release.limit))
    return release;
  return {points_up(trigger.how) ? comparison::below : comparison::above, release.limit};
}

void check_release(const rule& made) {
  const auto& trigger = made.trigger;
  const auto& release = made.release;
  const bool is_opposite = points_up(trigger.how) != points_up(release.how);
  const bool is_apart =
      points_up(trigger.how) ? release.limit <= trigger.limit : release.limit >= trigger.limit;
  const bool meets =
      release.limit == trigger.limit && trigger.holds(trigger.limit) && release.holds(trigger.limit);
  if (!is_opposite || !is_apart || meets)
    throw problem{fmt::format("\"resolve {} {}\" is wrong: it must be on the other side of {} {}",
                              to_string(release.how), release.limit, to_string(trigger.how), trigger.limit)};
}

// Refuses clauses that mean nothing for the metric.
void check_clauses(const rule& made, bool has_window) {
  const bool is_of_now = made.metric == silent_minutes || is_of_database(made.metric);
  if (is_of_now && has_window)
    throw problem{fmt::format("\"over\" is wrong: {} is a number of the moment", made.metric)};
  if (is_of_now && made.min_requests > 0)
    throw problem{fmt::format("\"min_requests\" is wrong: {} does not depend on requests", made.metric)};
  if (is_of_database(made.metric) && !made.app.empty())
    throw problem{fmt::format("\"app={}\" is wrong: {} is not of an app", made.app, made.metric)};
}

rule rule_from(std::string_view name, std::string_view sentence) {
  rule made;
  made.name = name;
  words rest{sentence};
  made.metric = metric_from(rest.next());
  made.trigger.how = comparison_from(rest.next());
  made.trigger.limit = limit_from(rest.next());
  made.release = beside(made.trigger, default_release(made));
  bool has_window = false;
  std::set<std::string_view> clauses;
  for (auto word = rest.next(); !word.empty(); word = rest.next()) {
    const bool is_severity = word == "warning" || word == "critical";
    if (!clauses.insert(is_severity ? "severity" : word.substr(0, word.find('='))).second)
      throw problem{fmt::format("\"{}\" is wrong: a rule says each thing once", word)};
    if (word == "over") {
      made.window = window_from(rest.next());
      has_window = true;
    } else if (word == "for") {
      made.hold = hold_from(rest.next());
    } else if (word == "min_requests") {
      made.min_requests = count_from(rest.next());
    } else if (word == "resolve") {
      made.release.how = comparison_from(rest.next());
      made.release.limit = limit_from(rest.next());
    } else if (is_severity) {
      made.severity = word;
    } else if (word.starts_with("app=") && word.size() > 4) {
      made.app = word.substr(4);
    } else {
      refuse(word, "over, for, resolve, min_requests, app=NAME, warning or critical");
    }
  }
  check_release(made);
  check_clauses(made, has_window);
  return made;
}

} // namespace

parsed_rules parse_rules(std::string_view text) {
  parsed_rules result;
  if (logplex::without_blanks_around(text) == "none")
    return result;
  if (logplex::without_blanks_around(text).empty())
    text = default_rules;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto sentence = logplex::without_blanks_around(text.substr(0, text.find(';')));
    text.remove_prefix(std::min(text.find(';'), text.size() - 1) + 1);
    if (sentence.empty() && logplex::without_blanks_around(text).empty())
      break; // after the last semicolon
    const auto name = logplex::without_blanks_around(sentence.substr(0, sentence.find(':')));
    try {
      if (name.size() == sentence.size() || !is_name(name))
        throw problem{fmt::format("\"{}\" is wrong: a name of lower-case letters, digits and _, "
                                  "and a colon are needed",
                                  name)};
      auto made = rule_from(name, sentence.substr(sentence.find(':') + 1));
      for (const auto& other : result.rules)
        if (other.name == made.name && other.app == made.app)
          throw problem{"its name is taken: a second rule of a name must have an app= of its own"};
      result.rules.push_back(std::move(made));
    } catch (const problem& found) {
      return {{}, fmt::format("rule {} ({}): {}", number, name.substr(0, max_name_bytes), found.sentence)};
    }
  }
  return result;
}

} // namespace parseflow::alerts
