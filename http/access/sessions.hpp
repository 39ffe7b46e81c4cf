// The page's sessions: a signed cookie replaces the API key for half a day, at every node that has the
// same key.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "messages/settings/secret.hpp"
#include "messages/time.hpp"

namespace parseflow::http {

/// Makes and checks tokens of the form `UNIXTIME.NONCE.SIGNATURE`: the time of expiry, a nonce, and a
/// signature with a key that is derived from the API key. Nothing is stored: a restart ends no session,
/// another API key ends all, and a token cannot be revoked before it expires. Any thread may call.
class sessions {
public:
  static constexpr std::chrono::hours life{12};
  /// How far the clocks of nodes may differ.
  static constexpr std::chrono::minutes clock_grace{10};

  explicit sessions(const secret& api_key);

  /// A new token.
  std::string open(timestamp now) const;

  /// True if `token` was signed with the same API key and has not expired.
  bool holds(std::string_view token, timestamp now) const;

private:
  std::string signature_of(std::string_view text) const;

  std::array<unsigned char, 32> key_{};
};

} // namespace parseflow::http
