#include "messages/alerts/announcer.hpp"

#include <algorithm>
#include <utility>

namespace parseflow::alerts {

namespace {

bool is_about_the_same(const alert& a, const alert& b) {
  return a.type == b.type && a.app == b.app;
}

bool was_open_before(const alert& one, std::span<const alert> open) {
  return !one.is_resolved && std::any_of(open.begin(), open.end(), [&](const alert& other) {
    return !other.is_resolved && is_about_the_same(one, other) &&
           other.raised_at + announcer::same_alert < one.raised_at;
  });
}

} // namespace

std::vector<announcement> announcer::announce(std::span<const alert> changed, std::span<const alert> open,
                                              timestamp now) {
  std::vector<announcement> result;
  for (const auto& one : changed) {
    result.push_back({audience::node, one});
    if (!is_own_business(one) && was_open_before(one, open))
      continue;
    if (is_own_business(one) || is_notifier_)
      result.push_back({audience::external, one});
    else
      pending_.push_back({now, one});
  }
  return result;
}

std::vector<announcement> announcer::take_turn(bool is_notifier, std::span<const alert> announced,
                                               timestamp now) {
  is_notifier_ = is_notifier;
  forget_old(pending_, now);
  std::erase_if(pending_, [announced](const dated_alert& pending) {
    return std::any_of(announced.begin(), announced.end(), [&one = pending.what](const alert& other) {
      return is_about_the_same(one, other) && one.is_resolved == other.is_resolved &&
             abs(other.raised_at - one.raised_at) <= same_alert;
    });
  });
  std::vector<announcement> result;
  if (is_notifier_)
    for (auto& pending : std::exchange(pending_, {}))
      result.push_back({audience::external, std::move(pending.what)});
  return result;
}

void announcer::note_announced(alert one, timestamp now) {
  forget_old(announced_, now);
  announced_.push_back({now, std::move(one)});
}

std::vector<alert> announcer::announced(timestamp now) const {
  std::vector<alert> result;
  for (const auto& one : announced_)
    if (one.at + news >= now)
      result.push_back(one.what);
  return result;
}

bool announcer::is_own_business(const alert& one) const {
  return !is_in_cluster_ || one.app.empty();
}

void announcer::forget_old(std::vector<dated_alert>& alerts, timestamp now) {
  std::erase_if(alerts, [now](const dated_alert& one) { return one.at + news < now; });
}

} // namespace parseflow::alerts
