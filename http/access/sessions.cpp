// Tokens are signed with keyed BLAKE2b.
#include "http/access/sessions.hpp"

#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include "messages/registry/random.hpp"

namespace parseflow::http {

namespace {

// Makes the key for signing sessions independent of keys for other uses.
constexpr std::string_view context = "parseflow page session 2:";
constexpr std::size_t nonce_bytes = 8; // distinguishes sessions that begin in the same second

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::chrono::sys_seconds seconds_of(timestamp at) {
  return std::chrono::floor<std::chrono::seconds>(at);
}

} // namespace

sessions::sessions(const secret& signing_key) {
  const auto text = std::string{context} + signing_key.reveal();
  crypto_generichash(key_.data(), key_.size(), bytes_of(text), text.size(), nullptr, 0);
}

std::string sessions::open(std::string_view key, timestamp now) const {
  const auto expires = seconds_of(now + life).time_since_epoch().count();
  const auto text = fmt::format("{}.{}.{}", expires, key, random_hex(nonce_bytes));
  return text + "." + signature_of(text);
}

std::optional<std::string> sessions::key_of(std::string_view token, timestamp now) const {
  const auto dot = token.rfind('.');
  if (dot == std::string_view::npos)
    return std::nullopt;
  const auto text = token.substr(0, dot), given = token.substr(dot + 1);
  const auto wanted = signature_of(text);
  if (given.size() != wanted.size() || sodium_memcmp(given.data(), wanted.data(), wanted.size()) != 0)
    return std::nullopt;
  std::int64_t seconds = 0; // valid, since we signed it
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  const std::chrono::sys_seconds expires{std::chrono::seconds{seconds}};
  // A token signed by a clock that ran far ahead must not last for years.
  if (expires <= seconds_of(now) || expires > seconds_of(now) + life + clock_grace)
    return std::nullopt;
  const auto key = text.substr(text.find('.') + 1);
  return std::string{key.substr(0, key.find('.'))};
}

std::string sessions::signature_of(std::string_view text) const {
  std::array<unsigned char, 32> signature{};
  crypto_generichash(signature.data(), signature.size(), bytes_of(text), text.size(), key_.data(),
                     key_.size());
  return fmt::format("{:02x}", fmt::join(signature, ""));
}

} // namespace parseflow::http
