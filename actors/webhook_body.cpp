// The fields of a webhook's JSON.
#include "actors/webhook_body.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace parseflow {

namespace {

std::string rfc3339(timestamp at) {
  return fmt::format("{:%FT%T}Z", std::chrono::floor<std::chrono::seconds>(at));
}

// In Slack's texts these begin a mention or a link; apps choose their names.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else
      result += c;
  }
  return result;
}

std::string length_text(std::chrono::microseconds span) {
  using namespace std::chrono_literals;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(span);
  if (seconds < 1min)
    return fmt::format("{} s", seconds.count());
  if (seconds < 2h)
    return fmt::format("{} min", seconds / 1min);
  return fmt::format("{} h", seconds / 1h);
}

} // namespace

std::string webhook_body(const alert& told) {
  const auto state = told.resolved
                         ? fmt::format("resolved after {}", length_text(told.resolved_at - told.raised_at))
                         : told.severity;
  nlohmann::ordered_json body{{"text", fmt::format("[{}] {}", state, escaped(told.message))},
                              {"type", told.type},
                              {"app", told.app},
                              {"severity", told.severity},
                              {"status", told.resolved ? "resolved" : "raised"},
                              {"message", told.message},
                              {"value", told.value},
                              {"raised_at", rfc3339(told.raised_at)}};
  if (told.resolved)
    body["resolved_at"] = rfc3339(told.resolved_at);
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace parseflow
