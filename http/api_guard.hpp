// Who may use the API, and how often: in front of every API path.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "http/credentials.hpp"
#include "http/exchange.hpp"
#include "http/rate_limiter.hpp"
#include "http/sessions.hpp"

namespace parseflow::http {

/// Checks the API key or the page's session, and keeps each caller to its rate. Any thread may call.
class api_guard {
public:
  explicit api_guard(const http_settings& settings);

  /// True if the request may go on. Otherwise it is answered, 401 or 429.
  bool admits(exchange& current);

  /// True if the caller has not used up its rate. Otherwise it is answered 429. `caller` names who it is.
  bool is_within_rate(exchange& current, const std::string& caller);

  /// `POST /session`: trades the API key in a JSON or form body for a cookie.
  /// Precondition: the body is sized.
  void open_session(exchange& current);

  /// `DELETE /session`: ends the session of the cookie and takes the cookie back.
  void end_session(exchange& current);

private:
  std::string caller_of(const exchange& current, bool& is_known);

  api_key key_;
  std::mutex mutex_;
  rate_limiter rates_; // guarded by mutex_
  sessions sessions_;  // guarded by mutex_
};

} // namespace parseflow::http
