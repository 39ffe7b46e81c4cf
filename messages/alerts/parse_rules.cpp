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
#include "messages/rollup/metric_value.hpp"
#include "messages/rollup/span_rollup.hpp"

namespace parseflow::alerts {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_name_bytes = 64;
constexpr std::chrono::minutes longest_window{60};
constexpr std::chrono::hours longest_hold{24};
// Where an alert is resolved without `resolve`, as a fraction of its limit.
constexpr double released_at = 0.8, burst_released_at = 0.5;

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

problem wrong(std::string_view word, std::string_view what_is_right) {
  return {word.empty() ? fmt::format("it ends where {} is needed", what_is_right)
                       : fmt::format("\"{}\" is wrong: {} is needed", word, what_is_right)};
}

expected<comparison> comparison_from(std::string_view word) {
  for (const auto known : {comparison::above, comparison::at_least, comparison::below, comparison::at_most})
    if (to_string(known) == word)
      return known;
  return wrong(word, "a comparison (>, >=, < or <=)");
}

expected<double> limit_from(std::string_view word) {
  const auto value = read_number<double>(word);
  if (!value || !std::isfinite(*value) || *value < 0)
    return wrong(word, "a number of at least 0");
  return *value;
}

expected<std::chrono::seconds> duration_from(std::string_view word) {
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
  return wrong(word, "a duration such as 90s, 5m or 1h");
}

expected<std::chrono::minutes> window_from(std::string_view word) {
  const auto length = duration_from(word);
  if (!length)
    return length.error();
  if (*length < 1min || *length > longest_window || *length % 1min != 0s)
    return wrong(word, "a window of whole minutes from 1m to 60m");
  return std::chrono::duration_cast<std::chrono::minutes>(*length);
}

expected<std::chrono::seconds> hold_from(std::string_view word) {
  auto length = duration_from(word);
  if (length && *length > longest_hold)
    return wrong(word, "a duration of at most 24h");
  return length;
}

expected<std::uint64_t> count_from(std::string_view word) {
  const auto value = read_number<std::uint64_t>(word);
  if (!value)
    return wrong(word, "a number of requests");
  return *value;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= max_name_bytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_severity(std::string_view word) {
  return word == "warning" || word == "critical";
}

// What stands before the colon of a rule.
std::string_view name_in(std::string_view sentence) {
  return logplex::without_blanks_around(sentence.substr(0, sentence.find(':')));
}

expected<std::string> metric_from(std::string_view word) {
  if (is_metric(word))
    return std::string{word};
  if (const auto meant = nearest_name(word, rollup::metric_names()); !meant.empty())
    return problem{fmt::format("\"{}\" is wrong: a metric is needed (did you mean {}?)", word, meant)};
  return wrong(word, "a metric (" + all_metric_names() + ")");
}

// Reads a comparison and a limit.
expected<bound> bound_from(words& rest) {
  const auto how = comparison_from(rest.next());
  if (!how)
    return how.error();
  const auto limit = limit_from(rest.next());
  if (!limit)
    return limit.error();
  return bound{*how, *limit};
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

expected<> check_release(const rule& made) {
  const auto& trigger = made.trigger;
  const auto& release = made.release;
  const bool is_opposite = points_up(trigger.how) != points_up(release.how);
  const bool is_apart =
      points_up(trigger.how) ? release.limit <= trigger.limit : release.limit >= trigger.limit;
  const bool meets =
      release.limit == trigger.limit && trigger.holds(trigger.limit) && release.holds(trigger.limit);
  if (!is_opposite || !is_apart || meets)
    return problem{fmt::format("\"resolve {} {}\" is wrong: it must be on the other side of {} {}",
                               to_string(release.how), release.limit, to_string(trigger.how), trigger.limit)};
  return {};
}

// Refuses clauses that mean nothing for the metric.
expected<> check_clauses(const rule& made, bool has_window) {
  const bool is_of_now = made.metric == silent_minutes || is_of_database(made.metric);
  if (is_of_now && has_window)
    return problem{fmt::format("\"over\" is wrong: {} is a number of the moment", made.metric)};
  if (is_of_now && made.min_requests > 0)
    return problem{fmt::format("\"min_requests\" is wrong: {} does not depend on requests", made.metric)};
  if (is_of_database(made.metric) && !made.app.empty())
    return problem{fmt::format("\"app={}\" is wrong: {} is not of an app", made.app, made.metric)};
  return {};
}

template <class T>
expected<> assign(T& to, const expected<T>& found) {
  if (!found)
    return found.error();
  to = *found;
  return {};
}

expected<> read_clause(std::string_view word, words& rest, rule& made) {
  if (word == "over")
    return assign(made.window, window_from(rest.next()));
  if (word == "for")
    return assign(made.hold, hold_from(rest.next()));
  if (word == "min_requests")
    return assign(made.min_requests, count_from(rest.next()));
  if (word == "resolve")
    return assign(made.release, bound_from(rest));
  if (is_severity(word))
    made.severity = word;
  else if (word.starts_with("app=") && word.size() > 4)
    made.app = word.substr(4);
  else
    return wrong(word, "over, for, resolve, min_requests, app=NAME, warning or critical");
  return {};
}

expected<rule> rule_from(std::string_view name, std::string_view sentence) {
  rule made;
  made.name = name;
  words rest{sentence};
  if (auto read = assign(made.metric, metric_from(rest.next())); !read)
    return read.error();
  if (auto read = assign(made.trigger, bound_from(rest)); !read)
    return read.error();
  made.release = beside(made.trigger, default_release(made));
  std::set<std::string_view> clauses;
  for (auto word = rest.next(); !word.empty(); word = rest.next()) {
    if (!clauses.insert(is_severity(word) ? "severity" : word.substr(0, word.find('='))).second)
      return problem{fmt::format("\"{}\" is wrong: a rule says each thing once", word)};
    if (auto read = read_clause(word, rest, made); !read)
      return read.error();
  }
  if (auto checked = check_release(made); !checked)
    return checked.error();
  if (auto checked = check_clauses(made, clauses.contains("over")); !checked)
    return checked.error();
  return made;
}

expected<rule> rule_in(std::string_view sentence, const std::vector<rule>& before) {
  const auto colon = sentence.find(':');
  const auto name = name_in(sentence);
  if (colon == std::string_view::npos || !is_name(name))
    return problem{fmt::format(
        "\"{}\" is wrong: a name of lower-case letters, digits and _, and a colon are needed", name)};
  auto made = rule_from(name, sentence.substr(colon + 1));
  if (made && std::any_of(before.begin(), before.end(), [&made](const rule& other) {
        return other.name == made->name && other.app == made->app;
      }))
    return problem{"its name is taken: a second rule of a name must have an app= of its own"};
  return made;
}

} // namespace

expected<std::vector<rule>> parse_rules(std::string_view text) {
  std::vector<rule> result;
  if (logplex::without_blanks_around(text) == "none")
    return result;
  if (logplex::without_blanks_around(text).empty())
    text = default_rules;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto sentence = logplex::without_blanks_around(text.substr(0, text.find(';')));
    text.remove_prefix(std::min(text.find(';'), text.size() - 1) + 1);
    if (sentence.empty() && logplex::without_blanks_around(text).empty())
      break; // after the last semicolon
    auto made = rule_in(sentence, result);
    if (!made)
      return problem{fmt::format("rule {} ({}): {}", number, name_in(sentence).substr(0, max_name_bytes),
                                 made.error().sentence)};
    result.push_back(*std::move(made));
  }
  return result;
}

} // namespace parseflow::alerts
