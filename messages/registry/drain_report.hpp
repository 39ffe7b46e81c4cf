// What is shown of a drain: where it is registered, and what came through it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/registry/environment_drains.hpp"
#include "messages/registry/registry.hpp"

namespace parseflow {

/// One drain, and the traffic of its apps.
struct drain_report {
  registered_drain drain;
  /// It is only in PARSEFLOW_DRAINS: its passwords are not in the registry.
  bool is_of_environment = false;
  std::uint64_t tokens = 0;
  /// When something came for one of its apps, or one of its passwords was used; the epoch: never.
  timestamp last_seen{};
  double lines_per_second = 0;
  /// Lines that the sender says it has lost.
  std::uint64_t lost = 0;
};

/// All drains, those of the environment last. Immutable once it is shared.
struct drain_reports {
  /// The time over which lines and losses count.
  static constexpr std::chrono::minutes span{60};

  std::vector<drain_report> all;
};

using drain_reports_ptr = std::shared_ptr<const drain_reports>;

/// What the database knows of the traffic of an app.
struct app_activity {
  std::string app;
  /// To within a minute.
  timestamp last_seen{};
  /// Lines, and lines that the sender says it has lost, over `drain_reports::span`.
  std::uint64_t lines = 0, lost = 0;
};

/// Puts the parts together.
drain_reports report_of(const registry_copy& registry, const std::vector<environment_drain>& environment,
                        const std::vector<app_activity>& apps);

} // namespace parseflow
