// JSON values as text.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace parseflow::http {

/// The JSON text, on one line. Invalid UTF-8 is replaced, because names and texts from senders may hold
/// any bytes.
inline std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace parseflow::http
