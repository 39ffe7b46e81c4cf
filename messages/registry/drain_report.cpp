#include "messages/registry/drain_report.hpp"

#include <algorithm>

namespace parseflow {

namespace {

drain_report report_of(registered_drain drain, const registry_copy& registry,
                       const std::vector<app_activity>& apps) {
  drain_report report;
  for (const auto& app : apps) {
    if (std::find(drain.apps.begin(), drain.apps.end(), app.app) == drain.apps.end())
      continue;
    report.last_seen = std::max(report.last_seen, app.last_seen);
    report.lines_per_second += static_cast<double>(app.lines) /
                               static_cast<double>(std::chrono::seconds{drain_reports::span}.count());
    report.lost += app.lost;
  }
  for (const auto& password : drain.passwords)
    report.last_seen = std::max(report.last_seen, password.last_used);
  report.tokens = static_cast<std::uint64_t>(
      std::count_if(registry.tokens.begin(), registry.tokens.end(),
                    [&](const learnt_token& one) { return one.drain == drain.id; }));
  report.drain = std::move(drain);
  return report;
}

} // namespace

drain_reports report_of(const registry_copy& registry, const std::vector<environment_drain>& environment,
                        const std::vector<app_activity>& apps) {
  drain_reports reports;
  for (const auto& drain : registry.drains)
    reports.all.push_back(report_of(drain, registry, apps));
  for (const auto& entry : environment) {
    if (find_drain(registry, entry.id) != nullptr)
      continue;
    auto report = report_of({entry.id, entry.user, entry.apps, {}, {}, false}, registry, apps);
    report.is_of_environment = true;
    reports.all.push_back(std::move(report));
  }
  return reports;
}

} // namespace parseflow
