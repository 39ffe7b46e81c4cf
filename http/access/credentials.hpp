// Who may post and who may read. Comparisons take a time that reveals nothing about the secrets.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/settings/drain_credentials.hpp"

namespace parseflow::http {

/// A keyed hash of a secret. Within a process two digests are equal exactly if the secrets are.
using digest = std::array<unsigned char, 32>;

/// The digest of `text`; the hash key is random and differs in every process.
digest digest_of(std::string_view text);

/// `bytes` random bytes as lower-case hex.
std::string random_hex(std::size_t bytes);

/// User and password of an `Authorization: Basic` value; `basic_credentials_in` returns nothing for any
/// other value.
struct basic_credentials {
  std::string user;
  std::string password;
};
std::optional<basic_credentials> basic_credentials_in(std::string_view authorization);

/// The registered drains.
class drain_register {
public:
  explicit drain_register(const std::vector<drain_credentials>& drains);

  /// True if no drain is registered: then anyone may post.
  bool is_open() const { return entries_.empty(); }

  /// The app for which these credentials are registered; nothing if they are not.
  std::optional<std::string> app_of(const basic_credentials& given) const;

  /// True if a drain is registered for `user`, with any password.
  bool has_user(std::string_view user) const;

private:
  struct entry {
    std::string app, user;
    digest secret;
  };
  std::vector<entry> entries_;
};

/// The API key.
class api_key {
public:
  explicit api_key(const secret& key);

  /// True if no key is required.
  bool is_open() const { return is_open_; }

  /// True if `given` is the key.
  bool matches(std::string_view given) const;

private:
  bool is_open_;
  digest key_;
};

} // namespace parseflow::http
