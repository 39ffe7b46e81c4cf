// Checks a JSON value against a JSON Schema: the part of draft 2020-12 that docs/ uses.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace parseflow::test {

/// Returns one sentence per violation, each beginning with the place in `value` (`/ingest/lines`); empty if
/// `value` conforms to `schema`. A keyword that is not supported is also a violation.
std::vector<std::string> schema_violations(const nlohmann::json& value, const nlohmann::json& schema);

} // namespace parseflow::test
