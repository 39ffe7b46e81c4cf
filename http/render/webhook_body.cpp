#include "http/render/webhook_body.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/render/time_text.hpp"
#include "messages/alerts/sentence.hpp"

namespace parseflow::http {

namespace {

// In Slack's texts these characters begin a mention or a link, and apps choose their names freely.
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

} // namespace

std::string webhook_body(const alert& told) {
  const auto state =
      told.resolved ? fmt::format("resolved after {}", alerts::length_text(told.resolved_at - told.raised_at))
                    : told.severity;
  const auto& now = told.now.empty() ? told.message : told.now;
  nlohmann::ordered_json body{{"text", fmt::format("[{}] {}", state, escaped(now))},
                              {"type", told.type},
                              {"app", told.app},
                              {"severity", told.severity},
                              {"status", told.resolved ? "resolved" : "raised"},
                              {"message", told.message},
                              {"value", told.value},
                              {"current_value", told.current},
                              {"worst_value", told.worst},
                              {"raised_at", rfc3339(told.raised_at)}};
  if (told.resolved)
    body["resolved_at"] = rfc3339(told.resolved_at);
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace parseflow::http
