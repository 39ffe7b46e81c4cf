// What every API request passes first: the key or a session, and the rate limit.
#pragma once

#include <string>

#include <httplib.h>

#include "http/auth.hpp"
#include "messages/settings.hpp"

namespace parseflow::http {

/// Guards metrics, API and page data. Any thread may call.
class api_guard {
public:
  explicit api_guard(const http_settings& settings);

  /// True if the request may go on; else the response is complete (401 or 429).
  bool admit(const httplib::Request& request, httplib::Response& response);

  /// `POST /session`: the key, in a JSON or form body, for a cookie. `DELETE /session` ends it.
  void open_session(const httplib::Request& request, httplib::Response& response);
  void end_session(const httplib::Request& request, httplib::Response& response);

private:
  // The key a request carries in its headers; empty if none.
  static std::string given_key(const httplib::Request& request);
  static std::string session_token(const httplib::Request& request);
  bool within_rate(const std::string& caller, httplib::Response& response);

  secret key_;
  session_register sessions_;
  rate_limiter rate_;
};

} // namespace parseflow::http
