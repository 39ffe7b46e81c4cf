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

std::string webhook_body(const alert& announced) {
  const auto state =
      announced.is_resolved
          ? fmt::format("resolved after {}", alerts::length_text(announced.resolved_at - announced.raised_at))
          : announced.severity;
  const auto& now = announced.now.empty() ? announced.message : announced.now;
  nlohmann::ordered_json body{{"text", fmt::format("[{}] {}", state, escaped(now))},
                              {"type", announced.type},
                              {"app", announced.app},
                              {"severity", announced.severity},
                              {"status", announced.is_resolved ? "resolved" : "raised"},
                              {"message", announced.message},
                              {"value", announced.value},
                              {"current_value", announced.current},
                              {"worst_value", announced.worst},
                              {"raised_at", rfc3339(announced.raised_at)}};
  if (announced.is_resolved)
    body["resolved_at"] = rfc3339(announced.resolved_at);
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace parseflow::http
