// Compares the numbers of `GET /metrics` with the truth.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tests/traffic/facts.hpp"
#include "tests/traffic/truth.hpp"

namespace parseflow::e2e {

/// Checks every number that counts requests and lines. `malformed` lines count in `lines` of the truth, but
/// have no facts.
void check_metrics(const nlohmann::json& metrics, const traffic::truth& all, std::uint64_t malformed);

/// The body with its endpoints and dynos prefixed with their app, for a truth about several apps: endpoints
/// of different apps are never the same.
traffic::body with_app(traffic::body body, const std::string& app);

} // namespace parseflow::e2e
