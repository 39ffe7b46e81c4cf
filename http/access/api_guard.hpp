// Decides who may use the API, and how often. Every API path is checked here first.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/access/credentials.hpp"
#include "http/access/failed_tries.hpp"
#include "http/access/key_register.hpp"
#include "http/access/rate_limiter.hpp"
#include "http/access/stream_places.hpp"
#include "http/connections/exchange.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Checks the key, the page's session or the user that a proxy names, and limits the rate of each caller. Any
/// thread may call.
class api_guard {
public:
  /// `keys` must outlive the guard.
  api_guard(const http_settings& settings, key_register& keys);

  /// What each caller may ask in a minute from now on.
  void take_up(std::uint32_t requests_per_minute);

  /// True if the request may go on, of a reader that has at least this role: `current.who()`. Otherwise answers
  /// 401, 403, 429 or 503.
  bool admits(exchange& current, key_role least);

  /// For a request that was admitted, and whose answer may be a stream. Answers 429 and returns false if the
  /// caller has `http.max-streams-per-reader` of them open. Otherwise the stream is one of them, and is cut when
  /// this reader would not be let in any more: the key was removed, the session or the link has ended.
  bool admits_stream(exchange& current);

  /// True if the caller has shown a key or a session, or no key is required. Does not answer; a wrong key
  /// counts as a try.
  bool is_known(const exchange& current);

  /// True if the caller has not used up its rate. Otherwise answers 429. `caller` identifies the caller.
  bool is_within_rate(exchange& current, const std::string& caller);

  /// Wrong keys since the start.
  std::uint64_t wrong_keys() const { return wrong_keys_.total(); }

  /// The longest body of `POST /session`.
  static constexpr std::uint64_t max_session_body_bytes = 4096;

  /// `POST /session`: exchanges the key, or the token of a link, in a JSON or form body for a cookie. With a link
  /// its reader is `current.who()` afterwards.
  void open_session(exchange& current);

  /// `DELETE /session`: deletes the cookie. A copy of it elsewhere stays valid until it expires.
  static void end_session(exchange& current);

private:
  // Who asks, and under which name its requests are counted.
  struct caller {
    std::optional<reader> who;
    std::string name;
  };
  caller caller_of(const exchange& current);
  std::optional<reader> user_of(const exchange& current) const;
  bool still_admits(const reader& who, const std::string& key, const std::string& token);
  bool is_from_other_site(const exchange& current) const;
  void take_up_share(exchange& current, const std::string& token, timestamp now);
  bool is_too_early(exchange& current);
  void refuse_wrong_key(exchange& current, std::string_view code, std::string_view sentence);

  key_register& keys_;
  const std::string user_header_;
  const std::vector<std::string> admin_users_;
  const std::string public_origin_; // empty: not known
  std::mutex mutex_;
  rate_limiter rates_; // guarded by mutex_
  stream_places places_;
  failed_tries wrong_keys_{"refused a wrong key or link"};
};

} // namespace parseflow::http
