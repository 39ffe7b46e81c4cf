// What is settled is asked of the sum; what is still counted, of every app.
#include "messages/rollup/app_timelines.hpp"

namespace parseflow::rollup {

void app_timelines::add(const std::string& app, minute at, const minute_rollup& data, minute now) {
  apps_[app].add(at, data, now, into_overall(now));
}

void app_timelines::take_back(std::string_view app, minute at, const minute_rollup& counted) {
  if (const auto found = apps_.find(app); found != apps_.end() && found->second.take_back(at, counted))
    overall_.take_back(at, counted);
}

void app_timelines::age(minute now) {
  for (auto& [name, timeline] : apps_)
    timeline.age(now, into_overall(now));
  overall_.age(now);
}

timeline::settled_sink app_timelines::into_overall(minute now) {
  return [this, now](minute at, const minute_rollup& data) { overall_.add(at, data, now); };
}

const timeline* app_timelines::find(std::string_view app) const {
  const auto found = apps_.find(app);
  return found == apps_.end() ? nullptr : &found->second;
}

minute_rollup app_timelines::all(std::string_view app) const {
  if (!app.empty()) {
    const auto* const found = find(app);
    return found ? found->all() : minute_rollup{};
  }
  auto sum = overall_.all();
  for (const auto& [name, timeline] : apps_)
    timeline.add_unsettled(sum, minute::min(), minute::max());
  return sum;
}

minute_rollup app_timelines::between(std::string_view app, minute from, minute to, extent detail) const {
  if (!app.empty()) {
    const auto* const found = find(app);
    return found ? found->between(from, to, detail) : minute_rollup{};
  }
  auto sum = overall_.between(from, to, detail);
  for (const auto& [name, timeline] : apps_)
    timeline.add_unsettled(sum, from, to, detail);
  return sum;
}

std::uint64_t app_timelines::requests_between(std::string_view app, std::chrono::sys_seconds from,
                                              std::chrono::sys_seconds to) const {
  if (!app.empty()) {
    const auto* const found = find(app);
    return found ? found->requests_between(from, to) : 0;
  }
  std::uint64_t sum = overall_.requests_between(from, to);
  for (const auto& [name, timeline] : apps_)
    sum += timeline.unsettled_requests_between(from, to);
  return sum;
}

} // namespace parseflow::rollup
