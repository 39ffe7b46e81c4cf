#include "messages/cluster/merge_answers.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace parseflow {

namespace {

// All nodes raise the same alerts about apps, each a moment before or after the others. The earliest of those
// that are open stands for all. Sorts the newest first.
void add_alerts(std::vector<alert>& into, const std::vector<alert>& more) {
  for (const auto& one : more) {
    const auto known = std::find_if(into.begin(), into.end(), [&](const alert& other) {
      return !one.is_resolved && !other.is_resolved && one.type == other.type && one.app == other.app;
    });
    if (known == into.end())
      into.push_back(one);
    else if (one.raised_at < known->raised_at)
      *known = one;
  }
  std::stable_sort(into.begin(), into.end(),
                   [](const alert& a, const alert& b) { return a.raised_at > b.raised_at; });
}

} // namespace

metrics_snapshot merge_answers(std::span<const snapshot_ptr> answers) {
  metrics_snapshot result = *answers.front();
  for (const auto& next : answers.subspan(1)) {
    rollup::merge(result.totals, next->totals);
    result.requests_per_second += next->requests_per_second;
    std::vector<std::string> apps;
    std::set_union(result.apps.begin(), result.apps.end(), next->apps.begin(), next->apps.end(),
                   std::back_inserter(apps));
    result.apps = std::move(apps);
    result.other_apps_lines += next->other_apps_lines;
  }
  return result;
}

series_sums merge_answers(std::span<const series_sums_ptr> answers) {
  std::map<minute, rollup::span_rollup> sums;
  for (const auto& next : answers)
    for (const auto& step : next->steps)
      rollup::merge(sums[step.start], step.sum);
  series_sums result;
  result.steps.reserve(sums.size());
  for (auto& [start, sum] : sums)
    result.steps.push_back({start, std::move(sum)});
  return result;
}

watched_counts merge_answers(std::span<const watched_counts_ptr> answers) {
  watched_counts result = *answers.front();
  for (const auto& next : answers.subspan(1)) {
    for (const auto& [app, theirs] : next->apps) {
      auto& ours = result.apps[app];
      ours.heard = std::max(ours.heard, theirs.heard);
      ours.sums.resize(std::max(ours.sums.size(), theirs.sums.size()));
      for (std::size_t i = 0; i < theirs.sums.size(); ++i)
        rollup::merge(ours.sums[i], theirs.sums[i]);
    }
  }
  return result;
}

alert_report merge_answers(std::span<const alert_report_ptr> answers) {
  alert_report result = *answers.front();
  for (const auto& next : answers.subspan(1)) {
    add_alerts(result.alerts, next->alerts);
    result.announced.insert(result.announced.end(), next->announced.begin(), next->announced.end());
  }
  return result;
}

} // namespace parseflow
