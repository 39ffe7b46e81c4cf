#include "http/connections/reply.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "http/body/gzip.hpp"
#include "http/connections/json_text.hpp"

namespace parseflow::http {

void set_json(httplib::Response& response, std::string json) {
  response.status = 200;
  response.body = std::move(json);
  response.set_header("Content-Type", "application/json");
  response.set_header("Cache-Control", "no-store");
  response.set_header("X-Content-Type-Options", "nosniff");
}

void compress(exchange& current) {
  constexpr std::size_t worth_it_bytes = 1024;
  auto& response = current.response;
  if (!current.takes_gzip() || response.body.size() < worth_it_bytes)
    return;
  response.body = deflate_gzip(response.body, 1);
  response.set_header("Content-Encoding", "gzip");
}

void set_error(httplib::Response& response, int status, std::string_view code, std::string_view message) {
  const nlohmann::ordered_json error{{"error", code}, {"message", message}};
  set_json(response, json_text(error));
  response.status = status;
}

bool has_only_parameters(const httplib::Request& request, std::initializer_list<std::string_view> known,
                         httplib::Response& response) {
  for (const auto& [name, value] : request.params)
    if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end()) {
      set_error(response, 400, "unknown_parameter",
                fmt::format("There is no parameter {}. There are: {}.", name, fmt::join(known, ", ")));
      return false;
    }
  return true;
}

void complete_error(httplib::Response& response, std::string_view sentence) {
  const int status = response.status;
  const auto set = [&](std::string_view code, std::string_view usual) {
    set_error(response, status, code, sentence.empty() ? usual : sentence);
  };
  switch (status) {
  case 400:
    return set("bad_request", "The request is malformed, or its body did not arrive completely.");
  case 408:
    return set("request_timeout", "The request did not arrive completely in time (http.read-timeout).");
  case 413:
    return set("body_too_large", "The body is longer than this path takes.");
  case 414:
    return set("uri_too_long", "The path and query must be at most 8 KiB long.");
  case 431:
    return set("headers_too_long", "All headers together must be at most 32 KiB.");
  case 500:
    return set("internal_error", "The request failed because of a bug in the service; its log says more.");
  case 501:
    return set("unknown_method", "There is no such method.");
  case 503:
    set("busy", "More requests wait than can be answered: try again.");
    return set_retry_after(response, std::chrono::seconds{1});
  case 505:
    return set("unknown_version", "The service speaks HTTP/1.1.");
  default:
    return set("refused", "The request was refused.");
  }
}

void answer_not_local(httplib::Response& response) {
  set_error(
      response, 403, "not_local",
      "Without credentials the service answers only this machine's user, at localhost and not for pages "
      "of other sites: set PARSEFLOW_DRAINS and METRICS_API_KEY to let others in.");
}

void answer_busy(httplib::Response& response) {
  set_error(response, 503, "pipeline_busy", "The pipeline did not answer in time: try again.");
  set_retry_after(response, std::chrono::seconds{1});
}

std::string parameter(const httplib::Request& request, const char* name) {
  return request.has_param(name) ? request.get_param_value(name) : std::string{};
}

void set_retry_after(httplib::Response& response, std::chrono::milliseconds wait) {
  const auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
  response.set_header("Retry-After", std::to_string(seconds));
}

} // namespace parseflow::http
