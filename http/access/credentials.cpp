#include "http/access/credentials.hpp"

#include <sodium.h>
#include <strings.h>

#include "messages/registry/random.hpp"

namespace parseflow::http {

bool are_equal(const digest& a, const digest& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

digest digest_of(std::string_view text) {
  static const auto key = [] {
    start_sodium();
    std::array<unsigned char, crypto_generichash_KEYBYTES> made{};
    randombytes_buf(made.data(), made.size());
    return made;
  }();
  digest result{};
  crypto_generichash(result.data(), result.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), key.data(), key.size());
  return result;
}

std::optional<basic_credentials> basic_credentials_in(std::string_view authorization) {
  constexpr std::string_view scheme = "Basic ";
  if (authorization.size() <= scheme.size() ||
      strncasecmp(authorization.data(), scheme.data(), scheme.size()) != 0)
    return std::nullopt;
  authorization.remove_prefix(scheme.size());
  std::string plain(authorization.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(plain.data()), plain.size(), authorization.data(),
                        authorization.size(), " ", &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  plain.resize(size);
  const auto colon = plain.find(':');
  if (colon == std::string::npos)
    return basic_credentials{plain, ""};
  return basic_credentials{plain.substr(0, colon), plain.substr(colon + 1)};
}

api_key::api_key(const secret& key) : is_open_(key.empty()), key_(digest_of(key.reveal())) {}

bool api_key::matches(std::string_view given) const {
  return are_equal(key_, digest_of(given)) && !is_open_;
}

} // namespace parseflow::http
