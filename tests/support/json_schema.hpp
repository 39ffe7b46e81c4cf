// Checks a JSON value against a JSON Schema: the part of draft 2020-12 that docs/ uses.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace parseflow::test {

/// What is wrong with `value`, one sentence per finding, each beginning with the place (`/ingest/lines`);
/// empty if `value` is what `schema` describes. A keyword that is not supported is a finding as well.
std::vector<std::string> schema_violations(const nlohmann::json& value, const nlohmann::json& schema);

} // namespace parseflow::test
