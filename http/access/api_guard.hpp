// Decides who may use the API, and how often. Every API path is checked here first.
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

/// Checks the API key or the page's session, and limits the rate of each caller. Any thread may call.
class api_guard {
public:
  explicit api_guard(const http_settings& settings);

  /// How many wrong keys one address may try, at once and per minute.
  static constexpr std::uint32_t failures_per_minute = 20;

  /// True if the request may go on. Otherwise answers 401 or 429.
  bool admits(exchange& current);

  /// True if the caller has shown the key or a session, or no key is required. Does not answer; a wrong key
  /// counts as a try.
  bool is_known(const exchange& current);

  /// True if the caller has not used up its rate. Otherwise answers 429. `caller` identifies the caller.
  bool is_within_rate(exchange& current, const std::string& caller);

  /// The longest body of `POST /session`.
  static constexpr std::uint64_t max_session_body_bytes = 4096;

  /// `POST /session`: exchanges the API key in a JSON or form body for a cookie.
  void open_session(exchange& current);

  /// `DELETE /session`: deletes the cookie. A copy of it elsewhere stays valid until it expires.
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
