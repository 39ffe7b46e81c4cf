// The page's sessions: a signed cookie replaces the key for half a day, at every node.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "messages/settings/secret.hpp"
#include "messages/time.hpp"

namespace parseflow::http {

/// Makes and checks tokens of the form `UNIXTIME.KEY.NONCE.SIGNATURE`: the time of expiry, the id of the key
/// that it stands for, a nonce, and a signature. Nothing is stored: who has the same signing key takes the token.
class sessions {
public:
  static constexpr std::chrono::hours life{12};
  /// How far the clocks of nodes may differ.
  static constexpr std::chrono::minutes clock_grace{10};

  explicit sessions(const secret& signing_key);

  /// A new token.
  /// @param key Without a dot.
  std::string open(std::string_view key, timestamp now) const;

  /// The id of the key that the token stands for; nothing if it was signed with another signing key, or has
  /// expired.
  std::optional<std::string> key_of(std::string_view token, timestamp now) const;

private:
  std::string signature_of(std::string_view text) const;

  std::array<unsigned char, 32> key_{};
};

} // namespace parseflow::http
