// `GET /metrics`, `GET /api/series` and `GET /readyz`: questions to the boxes, answered as JSON.
#pragma once

#include <caf/all.hpp>
#include <httplib.h>

#include "messages/interfaces.hpp"

namespace parseflow::http {

/// Any thread may call.
class metrics_endpoint {
public:
  metrics_endpoint(caf::actor_system& system, pipeline_handles boxes)
      : system_(system), boxes_(std::move(boxes)) {}

  void metrics(const httplib::Request& request, httplib::Response& response);
  void series(const httplib::Request& request, httplib::Response& response);
  /// 200 if the boxes answer; the database's state is told and does not matter.
  void ready(const httplib::Request& request, httplib::Response& response);

private:
  caf::actor_system& system_;
  pipeline_handles boxes_;
};

/// Seconds since the epoch, or RFC 3339 in UTC; nothing for other texts.
std::optional<std::chrono::sys_seconds> parse_time(const std::string& text);

} // namespace parseflow::http
