// The numbers of `GET /metrics` against the truth.
#pragma once

#include <nlohmann/json.hpp>

#include "deploy/demo/truth.hpp"

namespace parseflow::e2e {

/// Checks every number that counts requests and lines. `malformed` lines are in `lines` of the truth, but
/// have no facts.
void check_metrics(const nlohmann::json& metrics, const traffic::truth& all, std::uint64_t malformed);

} // namespace parseflow::e2e
