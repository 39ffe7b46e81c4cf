// What every endpoint answers with: JSON, and errors that say what was wrong and what to do.
#pragma once

#include <string>
#include <string_view>

#include <httplib.h>

namespace parseflow::http {

/// Sends `{"error": code, "message": sentence}`.
void refuse(httplib::Response& response, int status, std::string_view code, std::string_view message);

/// Sends a JSON text.
void answer_json(httplib::Response& response, std::string json);

} // namespace parseflow::http
