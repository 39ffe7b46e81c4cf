// Who may post and who may read. Comparisons take a time that reveals nothing about the secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "messages/settings/secret.hpp"

namespace parseflow::http {

/// A keyed hash of a secret. Within a process two digests are equal exactly if the secrets are.
using digest = std::array<unsigned char, 32>;

/// The digest of `text`; the hash key is random and differs in every process.
digest digest_of(std::string_view text);

/// Takes a time that does not depend on where they differ.
bool are_equal(const digest& a, const digest& b);

/// For hash tables: a digest is a hash already.
struct digest_hash {
  std::size_t operator()(const digest& one) const {
    std::size_t value = 0;
    std::memcpy(&value, one.data(), sizeof value);
    return value;
  }
};

/// User and password of an `Authorization: Basic` value; `basic_credentials_in` returns nothing for any
/// other value.
struct basic_credentials {
  std::string user;
  std::string password;
};
std::optional<basic_credentials> basic_credentials_in(std::string_view authorization);

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
