// Who may post, and who may read: compared in a time that tells nothing about the secrets.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/settings/drain_credentials.hpp"

namespace parseflow::http {

/// A keyed hash of a secret. Two of one process are equal exactly if the secrets are.
using digest = std::array<unsigned char, 32>;

/// The digest of `text`; the key is random and new with every process.
digest digest_of(std::string_view text);

/// `bytes` random bytes as lower-case hex.
std::string random_hex(std::size_t bytes);

/// User and password of an `Authorization: Basic` value; nothing for any other value.
struct basic_credentials {
  std::string user;
  std::string password;
};
std::optional<basic_credentials> basic_credentials_in(std::string_view authorization);

/// The registered drains.
class drain_register {
public:
  explicit drain_register(const std::vector<drain_credentials>& drains);

  /// True if none is registered: then anyone may post.
  bool is_open() const { return entries_.empty(); }

  /// The app that these credentials are registered for.
  std::optional<std::string> app_of(const basic_credentials& given) const;

  /// True if a drain is registered for `user`, with whatever password.
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

  /// True if no key is asked for.
  bool is_open() const { return is_open_; }

  /// True if `given` is the key. httplib percent-decodes header values: a key that holds a `%` may come
  /// either way.
  bool matches(std::string_view given) const;

private:
  bool is_open_;
  digest plain_, decoded_;
};

} // namespace parseflow::http
