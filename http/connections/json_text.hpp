// JSON values as text.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace parseflow::http {

/// One line. Names and texts of senders may hold any bytes: what is no UTF-8 is replaced.
inline std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace parseflow::http
