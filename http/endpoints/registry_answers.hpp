// What requests and answers about the registry have in common: drains, keys, links.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/error.hpp>
#include <nlohmann/json.hpp>

#include "http/connections/exchange.hpp"
#include "messages/time.hpp"

namespace parseflow::http {

/// The time as RFC 3339; null for the epoch, which means never.
nlohmann::ordered_json time_or_null(timestamp at);

/// The texts of a JSON array; nothing if it is none, or holds anything else.
std::optional<std::vector<std::string>> texts_in(const nlohmann::json& given);

/// Answers what the registrar's error means: `refused_status` if it refused the change, else 503.
void answer_failure(httplib::Response& response, const caf::error& problem, int refused_status,
                    std::string_view refused_code);

/// What stands between `prefix`, with which the path begins, and `ending`; empty if the path has another form.
std::string id_in(const exchange& current, std::string_view prefix, std::string_view ending = {});

} // namespace parseflow::http
