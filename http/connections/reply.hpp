// What all answers share: JSON, and errors as JSON.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

#include "http/connections/exchange.hpp"

namespace parseflow::http {

/// Answers 200 with a JSON text.
void set_json(httplib::Response& response, std::string json);

/// Compresses the answer if the client accepts that and it pays; prefers speed to size.
void compress(exchange& current);

/// Answers `{"error": code, "message": message}`. The message says what was wrong and what to do.
void set_error(httplib::Response& response, int status, std::string_view code, std::string_view message);

/// Answers 403: only this machine's own user is answered.
void answer_not_local(httplib::Response& response);

/// Answers 503: the boxes did not answer in time.
void answer_busy(httplib::Response& response);

/// The value of a query parameter; empty if it is missing.
std::string parameter(const httplib::Request& request, const char* name);

/// True if the query has no parameters other than `known`. Otherwise answers 400.
bool has_only_parameters(const httplib::Request& request, std::initializer_list<std::string_view> known,
                         httplib::Response& response);

/// Turns an answer that has only a status into the usual error form.
/// @param sentence What was wrong and what to do; if empty, what the status means here.
void complete_error(httplib::Response& response, std::string_view sentence = {});

/// Sets Retry-After: `wait` in whole seconds, at least one.
void set_retry_after(httplib::Response& response, std::chrono::milliseconds wait);

} // namespace parseflow::http
