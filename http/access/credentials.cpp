#include "http/access/credentials.hpp"

#include <algorithm>
#include <stdexcept>

#include <sodium.h>
#include <strings.h>

namespace parseflow::http {

namespace {

void start_sodium() {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot start: the system provides no random numbers");
}

bool are_equal(const digest& a, const digest& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

digest digest_of_both(const basic_credentials& given) {
  // The length keeps `a:bc` and `ab:c` apart.
  return digest_of(std::to_string(given.user.size()) + ":" + given.user + given.password);
}

} // namespace

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

std::string random_hex(std::size_t bytes) {
  start_sodium();
  std::vector<unsigned char> random(bytes);
  randombytes_buf(random.data(), bytes);
  std::string text(bytes * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), random.data(), bytes);
  text.pop_back();
  return text;
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

drain_register::drain_register(const std::vector<drain_credentials>& drains) {
  for (const auto& drain : drains)
    entries_.push_back({drain.app, drain.user, digest_of_both({drain.user, drain.password.reveal()})});
}

std::optional<std::string> drain_register::app_of(const basic_credentials& given) const {
  const auto asked = digest_of_both(given);
  const entry* found = nullptr;
  // All are compared, even after a match, so that the time does not reveal which one matches.
  for (const auto& known : entries_)
    if (are_equal(known.secret, asked) && found == nullptr)
      found = &known;
  return found != nullptr ? std::optional{found->app} : std::nullopt;
}

bool drain_register::has_user(std::string_view user) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [user](const entry& known) { return known.user == user; });
}

api_key::api_key(const secret& key) : is_open_(key.empty()), key_(digest_of(key.reveal())) {}

bool api_key::matches(std::string_view given) const {
  return are_equal(key_, digest_of(given)) && !is_open_;
}

} // namespace parseflow::http
