// Keys, cookies and limits of API requests.
#include "http/api_guard.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/answers.hpp"

namespace parseflow::http {

namespace {

constexpr std::string_view cookie_name = "parseflow_session";

} // namespace

api_guard::api_guard(const http_settings& settings)
    : key_(settings.api_key), rate_(settings.requests_per_minute) {}

std::string api_guard::given_key(const httplib::Request& request) {
  const auto authorization = request.get_header_value("Authorization");
  if (authorization.rfind("Bearer ", 0) == 0)
    return authorization.substr(7);
  return request.get_header_value("X-API-Key");
}

std::string api_guard::session_token(const httplib::Request& request) {
  const auto cookies = request.get_header_value("Cookie");
  for (std::string_view rest = cookies; !rest.empty();) {
    const auto end = std::min(rest.find(';'), rest.size());
    auto cookie = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!cookie.empty() && cookie.front() == ' ')
      cookie.remove_prefix(1);
    if (cookie.size() > cookie_name.size() && cookie.substr(0, cookie_name.size()) == cookie_name &&
        cookie[cookie_name.size()] == '=')
      return std::string{cookie.substr(cookie_name.size() + 1)};
  }
  return {};
}

bool api_guard::within_rate(const std::string& caller, httplib::Response& response) {
  const auto wait = rate_.admit(caller, rate_limiter::clock::now());
  if (wait.count() == 0)
    return true;
  response.set_header("Retry-After", std::to_string(wait.count()));
  refuse(response, 429, "too_many_requests",
         fmt::format("too many requests: try again in {} s (http.requests-per-minute)", wait.count()));
  return false;
}

bool api_guard::admit(const httplib::Request& request, httplib::Response& response) {
  if (key_.empty())
    return within_rate("address " + request.remote_addr, response);
  if (const auto key = given_key(request); !key.empty()) {
    if (equal_secrets(key, key_.reveal()))
      return within_rate("key", response);
  } else if (const auto token = session_token(request);
             !token.empty() && sessions_.is_open(token, session_register::clock::now())) {
    return within_rate("session " + token, response);
  }
  // Guesses are limited as well.
  if (!within_rate("address " + request.remote_addr, response))
    return false;
  response.set_header("WWW-Authenticate", "Bearer realm=\"ParseFlow\"");
  refuse(response, 401, "unauthorized",
         "send the API key (METRICS_API_KEY) as Authorization: Bearer KEY or as X-API-Key: KEY");
  return false;
}

void api_guard::open_session(const httplib::Request& request, httplib::Response& response) {
  if (!within_rate("address " + request.remote_addr, response))
    return;
  auto key = request.get_param_value("api_key"); // a form body; httplib puts it with the query's
  if (key.empty()) {
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    if (body.is_object() && body.contains("api_key") && body["api_key"].is_string())
      key = body["api_key"];
  }
  if (!key_.empty() && !equal_secrets(key, key_.reveal())) {
    refuse(response, 401, "unauthorized", "this is not the API key (METRICS_API_KEY)");
    return;
  }
  response.set_header("Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}",
                                                cookie_name, sessions_.open(session_register::clock::now()),
                                                std::chrono::seconds{session_register::lifetime}.count()));
  response.status = 204;
}

void api_guard::end_session(const httplib::Request& request, httplib::Response& response) {
  if (const auto token = session_token(request); !token.empty())
    sessions_.end(token);
  response.set_header("Set-Cookie",
                      fmt::format("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", cookie_name));
  response.status = 204;
}

} // namespace parseflow::http
