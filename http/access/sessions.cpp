// Tokens are signed with keyed BLAKE2b.
#include "http/access/sessions.hpp"

#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include "http/connections/request_head.hpp"
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

std::string unsigned_token(std::string_view key, timestamp ends) {
  return fmt::format("{}.{}.{}", seconds_of(ends).time_since_epoch().count(), key, random_hex(nonce_bytes));
}

} // namespace

sessions::sessions(const secret& signing_key) {
  const auto text = std::string{context} + signing_key.reveal();
  crypto_generichash(key_.data(), key_.size(), bytes_of(text), text.size(), nullptr, 0);
}

std::string sessions::open(std::string_view key, timestamp now) const {
  const auto text = unsigned_token(key, now + life);
  return text + "." + signature_of(text);
}

std::string sessions::share(std::string_view key, const std::vector<std::string>& apps,
                            timestamp ends) const {
  const auto text = fmt::format("{}:{}", unsigned_token(key, ends), fmt::join(apps, ":"));
  return text + "." + signature_of(text);
}

std::optional<session> sessions::read(std::string_view token, timestamp now) const {
  const auto dot = token.rfind('.');
  if (dot == std::string_view::npos)
    return std::nullopt;
  auto text = token.substr(0, dot);
  const auto given = token.substr(dot + 1);
  const auto wanted = signature_of(text);
  if (given.size() != wanted.size() || sodium_memcmp(given.data(), wanted.data(), wanted.size()) != 0)
    return std::nullopt;
  // Its form is right, since we signed it.
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  take_item(text, '.');
  session found{std::string{take_item(text, '.')}, std::chrono::sys_seconds{std::chrono::seconds{seconds}}};
  if (const auto apps = text.find(':'); apps != std::string_view::npos) {
    found.is_shared = true;
    for (text.remove_prefix(apps + 1); !text.empty();)
      found.apps.emplace_back(take_item(text, ':'));
  }
  // A token signed by a clock that ran far ahead must not last for years.
  const auto longest = (found.is_shared ? max_shared_life : life) + clock_grace;
  if (found.ends <= now || found.ends > now + longest)
    return std::nullopt;
  return found;
}

std::string sessions::signature_of(std::string_view text) const {
  std::array<unsigned char, 32> signature{};
  crypto_generichash(signature.data(), signature.size(), bytes_of(text), text.size(), key_.data(),
                     key_.size());
  return fmt::format("{:02x}", fmt::join(signature, ""));
}

} // namespace parseflow::http
