// Each app has a timeline, and one is the sum of them.
#include "messages/rollup/app_timelines.hpp"

namespace parseflow::rollup {

void app_timelines::add(std::string_view app, minute at, const minute_rollup& data, minute now) {
  bounded_entry(apps_, app, most_apps_).add(at, data, now);
  overall_.add(at, data, now);
}

const std::string* app_timelines::counted_under(std::string_view app) const {
  auto found = apps_.find(app);
  if (found == apps_.end() && apps_.size() >= most_apps_)
    found = apps_.find(other_name);
  return found == apps_.end() ? nullptr : &found->first;
}

void app_timelines::take_back(std::string_view app, minute at, const minute_rollup& counted) {
  const auto* const name = counted_under(app);
  if (name == nullptr)
    return;
  apps_.find(*name)->second.take_back(at, counted);
  overall_.take_back(at, counted);
}

void app_timelines::age(minute now) {
  for (auto& [name, timeline] : apps_)
    timeline.age(now);
  overall_.age(now);
}

void app_timelines::prepare(std::chrono::minutes length, std::size_t most_spans) {
  overall_.prepare(length, most_spans);
}

// Nothing if there is no such app.
const timeline* app_timelines::find(std::string_view app) const {
  if (app.empty())
    return &overall_;
  const auto found = apps_.find(app);
  return found == apps_.end() ? nullptr : &found->second;
}

minute_rollup app_timelines::all(std::string_view app) const {
  const auto* const found = find(app);
  return found ? found->all() : minute_rollup{};
}

minute_rollup app_timelines::between(std::string_view app, minute from, minute to, extent detail) const {
  const auto* const found = find(app);
  return found ? found->between(from, to, detail) : minute_rollup{};
}

std::uint64_t app_timelines::requests_between(std::string_view app, std::chrono::sys_seconds from,
                                              std::chrono::sys_seconds to) const {
  const auto* const found = find(app);
  return found ? found->requests_between(from, to) : 0;
}

} // namespace parseflow::rollup
