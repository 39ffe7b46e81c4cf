// Who may use the API, and how often: in front of every API path.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "http/access/credentials.hpp"
#include "http/access/rate_limiter.hpp"
#include "http/access/sessions.hpp"
#include "http/connections/exchange.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Checks the API key or the page's session, and keeps each caller to its rate. Any thread may call.
class api_guard {
public:
  explicit api_guard(const http_settings& settings);

  /// Wrong keys that one address may try at once, and in a minute.
  static constexpr std::uint32_t failures_per_minute = 20;

  /// True if the request may go on. Otherwise it is answered, 401 or 429.
  bool admits(exchange& current);

  /// True if the caller has shown the key or a session, or none is asked for. Answers nothing; a wrong key
  /// counts as a try.
  bool is_known(const exchange& current);

  /// True if the caller has not used up its rate. Otherwise it is answered 429. `caller` names who it is.
  bool is_within_rate(exchange& current, const std::string& caller);

  /// `POST /session`: trades the API key in a JSON or form body for a cookie.
  /// Precondition: the body is sized or chunked.
  void open_session(exchange& current);

  /// `DELETE /session`: takes the cookie back. A copy of it elsewhere holds until it expires.
  static void end_session(exchange& current);

private:
  enum class standing { anonymous, key, session, stranger };
  standing standing_of(const exchange& current) const;
  bool has_failed_too_often(exchange& current);
  void count_failure(const exchange& current);

  api_key key_;
  sessions sessions_;
  std::mutex mutex_;
  rate_limiter rates_;                         // guarded by mutex_
  rate_limiter failures_{failures_per_minute}; // guarded by mutex_
  rate_limiter warnings_{1};                   // guarded by mutex_
};

} // namespace parseflow::http
