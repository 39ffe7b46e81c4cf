#include "messages/rollup/app_timelines.hpp"

#include <algorithm>
#include <utility>

namespace parseflow::rollup {

namespace {

// Cannot occur in an app's name.
constexpr char end_of_app = '\x1f';

template <class T>
void qualify(std::map<std::string, T, std::less<>>& names, std::string_view app) {
  std::map<std::string, T, std::less<>> result;
  while (!names.empty()) {
    auto entry = names.extract(names.begin());
    entry.key() = qualified_name(app, entry.key());
    result.insert(result.end(), std::move(entry));
  }
  names = std::move(result);
}

minute_rollup qualified(minute_rollup data, std::string_view app) {
  data.endpoints.rename_all([app](std::string& key) { key = qualified_name(app, key); });
  qualify(data.dynos, app);
  qualify(data.platform.dynos, app);
  return data;
}

} // namespace

std::string qualified_name(std::string_view app, std::string_view name) {
  std::string result;
  result.reserve(app.size() + 1 + name.size());
  result += app;
  result += end_of_app;
  result += name;
  return result;
}

app_and_name parts_of(std::string_view qualified) {
  const auto end = qualified.find(end_of_app);
  if (end == std::string_view::npos)
    return {{}, qualified};
  return {qualified.substr(0, end), qualified.substr(end + 1)};
}

void app_timelines::add(std::string_view app, minute at, const minute_rollup& data, minute now) {
  bounded_entry(apps_, app, most_apps_).counted.add(at, data, now);
  const auto known = apps_.find(app);
  overall_.add(at, qualified(data, known == apps_.end() ? other_name : app), now);
}

// The app's own entry, or else the shared one; null if nothing was counted under either.
app_timelines::entry* app_timelines::counted_under(std::string_view app) {
  auto found = apps_.find(app);
  if (found == apps_.end() && apps_.size() >= most_apps_)
    found = apps_.find(other_name);
  return found == apps_.end() ? nullptr : &found->second;
}

void app_timelines::hear(std::string_view app, timestamp at) {
  if (auto* const found = counted_under(app))
    found->heard = std::max(found->heard, at);
}

void app_timelines::restore(std::string_view app, minute at, const minute_rollup& data, timestamp now) {
  add(app, at, data, minute_of(now));
  hear(app, std::min<timestamp>(at + std::chrono::minutes{1}, now));
}

void app_timelines::subtract(std::string_view app, minute at, const minute_rollup& counted) {
  auto* const found = counted_under(app);
  if (found == nullptr)
    return;
  found->counted.subtract(at, counted);
  overall_.subtract(at, qualified(counted, apps_.contains(app) ? app : other_name));
}

// Adds the smaller part to the larger one, because adding is expensive: earlier runs have usually
// counted more.
void app_timelines::begin_with(app_timelines& earlier) {
  apps_.swap(earlier.apps_);
  std::swap(overall_, earlier.overall_);
  for (const auto& [name, since] : earlier.apps_) {
    auto& found = bounded_entry(apps_, name, most_apps_);
    found.counted.add(since.counted);
    found.heard = std::max(found.heard, since.heard);
  }
  overall_.add(earlier.overall_);
}

void app_timelines::age(minute now) {
  for (auto& [name, app] : apps_)
    app.counted.age(now);
  overall_.age(now);
}

void app_timelines::prepare(std::chrono::minutes length, std::size_t most_spans) {
  overall_.prepare(length, most_spans);
}

// Null if there is no such app.
const timeline* app_timelines::find(std::string_view app) const {
  if (app.empty())
    return &overall_;
  const auto found = apps_.find(app);
  return found == apps_.end() ? nullptr : &found->second.counted;
}

span_rollup app_timelines::all(std::string_view app) const {
  const auto* const found = find(app);
  return found ? found->all() : span_rollup{};
}

span_rollup app_timelines::between(std::string_view app, minute from, minute to, extent detail) const {
  const auto* const found = find(app);
  return found ? found->between(from, to, detail) : span_rollup{};
}

std::uint64_t app_timelines::requests_between(std::string_view app, std::chrono::sys_seconds from,
                                              std::chrono::sys_seconds to) const {
  const auto* const found = find(app);
  return found ? found->requests_between(from, to) : 0;
}

} // namespace parseflow::rollup
