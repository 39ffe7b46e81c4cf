// The page's sessions, and links that share it: a signed token replaces the key for a time, at every node.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/settings/secret.hpp"
#include "messages/time.hpp"

namespace parseflow::http {

/// What a token says.
struct session {
  /// The id of the key that it stands for.
  std::string key;
  timestamp ends{};
  /// It is that of a link: it only reads.
  bool is_shared = false;
  /// The apps that a link shows; empty: all that the key sees.
  std::vector<std::string> apps = {};
};

/// Makes and checks tokens of the form `UNIXTIME.KEY.NONCE.SIGNATURE`: the time of expiry, the id of the key
/// that it stands for, a nonce, and a signature. In that of a link `:APP:APP` follows the nonce, or `:` for all
/// apps. Nothing is stored: who has the same signing key takes the token.
class sessions {
public:
  static constexpr std::chrono::hours life{12};
  /// The longest life of a link.
  static constexpr std::chrono::hours max_shared_life{30 * 24};
  /// How far the clocks of nodes may differ.
  static constexpr std::chrono::minutes clock_grace{10};

  explicit sessions(const secret& signing_key);

  /// A new token.
  /// @param key Without a dot.
  std::string open(std::string_view key, timestamp now) const;

  /// The token of a new link.
  /// @param key Without a dot.
  /// @param apps Names as `check_app` takes them. Empty: all that the key sees.
  std::string share(std::string_view key, const std::vector<std::string>& apps, timestamp ends) const;

  /// What the token says; nothing if it was signed with another signing key, or has expired.
  std::optional<session> read(std::string_view token, timestamp now) const;

private:
  std::string signature_of(std::string_view text) const;

  std::array<unsigned char, 32> key_{};
};

} // namespace parseflow::http
