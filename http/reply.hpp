// The forms that all answers share: JSON, and errors as JSON.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <httplib.h>

namespace parseflow::http {

/// Answers 200 with a JSON text.
void set_json(httplib::Response& response, std::string json);

/// Answers `{"error": code, "message": message}`. The message says what was wrong and what to do.
void set_error(httplib::Response& response, int status, std::string_view code, std::string_view message);

/// Gives an answer that has only a status the usual error form.
void complete_error(httplib::Response& response);

/// Sets Retry-After: `wait` in whole seconds, at least one.
void set_retry_after(httplib::Response& response, std::chrono::milliseconds wait);

} // namespace parseflow::http
