#include "messages/registry/key.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include "messages/registry/password.hpp"
#include "messages/registry/random.hpp"

namespace parseflow {

namespace {

constexpr std::size_t session_key_bytes = 32;

} // namespace

std::string_view to_string(key_role role) {
  return role == key_role::admin ? "admin" : "read";
}

std::optional<key_role> key_role_from(std::string_view text) {
  for (const auto role : {key_role::read, key_role::admin})
    if (text == to_string(role))
      return role;
  return std::nullopt;
}

secret generate_key() {
  return secret{"pf_" + generate_password().reveal()};
}

std::string key_hash(std::string_view key) {
  start_sodium();
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                     nullptr, 0);
  return fmt::format("{:02x}", fmt::join(hash, ""));
}

secret generate_session_key() {
  return secret{random_hex(session_key_bytes)};
}

} // namespace parseflow
