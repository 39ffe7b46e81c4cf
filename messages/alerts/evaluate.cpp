#include "messages/alerts/evaluate.hpp"

#include <algorithm>
#include <utility>

#include "messages/alerts/metric.hpp"
#include "messages/alerts/sentence.hpp"

namespace parseflow::alerts {

namespace {

alert resolved(alert one, timestamp now) {
  one.is_resolved = true;
  one.resolved_at = std::max(now, one.raised_at);
  return one;
}

alert made_of(const rule& judged, std::string_view app, const measured& found, timestamp now) {
  alert result;
  result.type = judged.name;
  result.app = app;
  result.severity = judged.severity;
  result.message = sentence(judged, app, found);
  result.value = result.current = result.worst = *found.value;
  result.now = result.message;
  result.raised_at = now;
  return result;
}

// Updates an open alert by a new value.
void update(alert& open, const rule& judged, const measured& found) {
  open.current = *found.value;
  open.worst =
      points_up(judged.trigger.how) ? std::max(open.worst, open.current) : std::min(open.worst, open.current);
  open.now = sentence(judged, open.app, found, open.worst);
}

} // namespace

evaluator::evaluator(std::vector<rule> rules, timestamp listening_since)
    : rules_(std::move(rules)), states_(rules_.size()), listening_since_(listening_since),
      judges_from_(listening_since + history_timeout) {}

std::vector<alert> evaluator::restore(std::vector<alert> earlier, timestamp now) {
  judges_from_ = std::min(judges_from_, now);
  resolves_from_ = now + settling_grace;
  std::vector<alert> ended;
  for (auto& one : earlier) {
    one.current = one.worst = one.value; // these two are not stored
    if (one.is_resolved) {
      keep_resolved(one);
      continue;
    }
    auto* const states = conditions_for(one.type, one.app);
    if (states == nullptr) {
      unruled_.push_back(std::move(one));
      continue;
    }
    auto& state = (*states)[one.app];
    if (state.raised)
      ended.push_back(resolved(std::move(*state.raised), now));
    state.since = one.raised_at;
    state.raised = std::move(one);
  }
  return ended;
}

void evaluator::replace_rules(std::vector<rule> rules) {
  const auto old_rules = std::exchange(rules_, std::move(rules));
  auto old_states = std::exchange(states_, std::vector<conditions>(rules_.size()));
  for (std::size_t i = 0; i < old_rules.size(); ++i)
    for (auto& [app, state] : old_states[i]) {
      if (auto* const states = conditions_for(old_rules[i].name, app))
        states->insert_or_assign(app, std::move(state));
      else if (state.raised)
        unruled_.push_back(std::move(*state.raised));
    }
}

std::vector<alert> evaluator::judge_apps(std::span<const watched_app> apps, timestamp now) {
  std::vector<alert> changed;
  if (now < judges_from_)
    return changed;
  ++round_;
  for (const auto& app : apps) {
    app_measure numbers{app, listening_since_, now};
    for (std::size_t i = 0; i < rules_.size(); ++i)
      if (concerns(rules_[i], app.name))
        judge(i, app.name, numbers.of(rules_[i]), now, changed);
  }
  judge_gone(now, changed);
  resolve_unruled(now, changed);
  keep_resolved_of(changed);
  return changed;
}

std::vector<alert> evaluator::judge_database(const watched_database& database, timestamp now) {
  std::vector<alert> changed;
  if (now < judges_from_)
    return changed;
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (is_of_database(rules_[i].metric))
      judge(i, "", measure(rules_[i], database, now), now, changed);
  keep_resolved_of(changed);
  return changed;
}

std::vector<alert> evaluator::alerts(std::string_view app, timestamp now) const {
  std::vector<alert> result;
  const auto take = [&](const alert& one) {
    if (app.empty() || one.app.empty() || one.app == app)
      result.push_back(one);
  };
  for (const auto& states : states_)
    for (const auto& [name, state] : states)
      if (state.raised)
        take(*state.raised);
  std::for_each(unruled_.begin(), unruled_.end(), take);
  for (const auto& one : resolved_)
    if (now - one.resolved_at <= resolved_kept)
      take(one);
  std::stable_sort(result.begin(), result.end(),
                   [](const alert& a, const alert& b) { return a.raised_at > b.raised_at; });
  return result;
}

// A rule that names the app replaces the rule of the same name that does not.
bool evaluator::concerns(const rule& judged, std::string_view app) const {
  if (is_of_database(judged.metric))
    return app.empty();
  if (!judged.app.empty())
    return judged.app == app;
  return !app.empty() && std::none_of(rules_.begin(), rules_.end(), [&](const rule& other) {
    return other.app == app && other.name == judged.name;
  });
}

evaluator::conditions* evaluator::conditions_for(std::string_view rule_name, std::string_view app) {
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (rules_[i].name == rule_name && concerns(rules_[i], app))
      return &states_[i];
  return nullptr;
}

void evaluator::judge(std::size_t index, std::string_view app, const measured& found, timestamp now,
                      std::vector<alert>& changed) {
  const auto& judged = rules_[index];
  auto& states = states_[index];
  auto known = states.find(app);
  if (known == states.end()) {
    if (!found.value || !found.can_raise || !judged.trigger.holds(*found.value))
      return;
    known = states.emplace(app, condition{now, {}, 0}).first;
  }
  known->second.round = round_;
  if (!settle(known->second, judged, app, found, now, changed))
    states.erase(known);
}

// Returns false if nothing is left to remember.
bool evaluator::settle(condition& state, const rule& judged, std::string_view app, const measured& found,
                       timestamp now, std::vector<alert>& changed) const {
  if (state.raised) {
    if (found.value)
      update(*state.raised, judged, found);
    const bool is_released = !found.value || judged.release.holds(*found.value);
    if (!is_released || now < resolves_from_)
      return true;
    changed.push_back(resolved(std::move(*state.raised), now));
    return false;
  }
  if (!found.value || !found.can_raise || !judged.trigger.holds(*found.value))
    return false;
  state.since = std::min(state.since, now); // the clock may have been set back
  if (now - state.since >= judged.hold) {
    state.raised = made_of(judged, app, found, now);
    changed.push_back(*state.raised);
  }
  return true;
}

// Judges apps that are gone.
void evaluator::judge_gone(timestamp now, std::vector<alert>& changed) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (is_of_database(rules_[i].metric))
      continue;
    for (auto at = states_[i].begin(); at != states_[i].end();) {
      const bool stays =
          at->second.round == round_ || settle(at->second, rules_[i], at->first, {}, now, changed);
      at = stays ? std::next(at) : states_[i].erase(at);
    }
  }
}

// Resolves alerts whose rule does not exist any more.
void evaluator::resolve_unruled(timestamp now, std::vector<alert>& changed) {
  if (now < resolves_from_)
    return;
  for (auto& one : std::exchange(unruled_, {}))
    changed.push_back(resolved(std::move(one), now));
}

void evaluator::keep_resolved_of(const std::vector<alert>& changed) {
  for (const auto& one : changed)
    if (one.is_resolved)
      keep_resolved(one);
}

void evaluator::keep_resolved(const alert& one) {
  resolved_.push_front(one);
  if (resolved_.size() > max_resolved)
    resolved_.pop_back();
}

} // namespace parseflow::alerts
