// Comparisons in constant time and random tokens come from libsodium.
#include "http/auth.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <sodium.h>

namespace parseflow::http {

namespace {

using digest = std::array<unsigned char, crypto_generichash_BYTES>;

// Equal lengths whatever the text: the comparison must not tell how long the secret is.
digest digest_of(std::string_view text) {
  digest result{};
  crypto_generichash(result.data(), result.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return result;
}

bool equal(const digest& a, const digest& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Scheme names are case-insensitive (RFC 7235).
bool has_scheme(std::string_view header, std::string_view scheme) {
  return header.size() > scheme.size() && header[scheme.size()] == ' ' &&
         std::equal(scheme.begin(), scheme.end(), header.begin(),
                    [](char a, char b) { return a == (b | 0x20); });
}

} // namespace

bool equal_secrets(std::string_view a, std::string_view b) {
  return equal(digest_of(a), digest_of(b));
}

std::optional<basic_credentials> parse_basic(std::string_view authorization) {
  if (!has_scheme(authorization, "basic"))
    return std::nullopt;
  auto encoded = authorization.substr(6);
  while (!encoded.empty() && encoded.back() == '=')
    encoded.remove_suffix(1);
  std::string decoded(encoded.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(decoded.data()), decoded.size(), encoded.data(),
                        encoded.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0)
    return std::nullopt;
  decoded.resize(size);
  const auto colon = decoded.find(':');
  if (colon == std::string::npos)
    return std::nullopt;
  return basic_credentials{decoded.substr(0, colon), decoded.substr(colon + 1)};
}

std::optional<std::string> drain_register::app_of(const basic_credentials& given) const {
  const drain_credentials* match = nullptr;
  const auto user = digest_of(given.user), password = digest_of(given.password);
  for (const auto& drain : drains_) {
    const bool same_user = equal(digest_of(drain.user), user);
    const bool same_password = equal(digest_of(drain.password.reveal()), password);
    if (same_user && same_password)
      match = &drain;
  }
  if (match == nullptr)
    return std::nullopt;
  return match->app;
}

std::string session_register::open(clock::time_point now) {
  std::array<unsigned char, 32> random{};
  randombytes_buf(random.data(), random.size());
  std::string token(random.size() * 2 + 1, '\0');
  sodium_bin2hex(token.data(), token.size(), random.data(), random.size());
  token.pop_back();
  const std::lock_guard guard{mutex_};
  by_age_.push_back({token, now + lifetime});
  if (by_age_.size() > max_sessions)
    by_age_.pop_front();
  return token;
}

bool session_register::is_open(std::string_view token, clock::time_point now) {
  const std::lock_guard guard{mutex_};
  while (!by_age_.empty() && by_age_.front().ends <= now)
    by_age_.pop_front();
  return std::any_of(by_age_.begin(), by_age_.end(),
                     [&](const session& s) { return equal_secrets(s.token, token); });
}

void session_register::end(std::string_view token) {
  const std::lock_guard guard{mutex_};
  by_age_.remove_if([&](const session& s) { return equal_secrets(s.token, token); });
}

void rate_limiter::fill(bucket& b, clock::time_point now) const {
  const std::chrono::duration<double, std::ratio<60>> minutes = now - b.at;
  b.tokens = std::min<double>(per_minute_, b.tokens + minutes.count() * per_minute_);
  b.at = now;
}

std::chrono::seconds rate_limiter::admit(const std::string& caller, clock::time_point now) {
  if (per_minute_ == 0)
    return std::chrono::seconds{0};
  const std::lock_guard guard{mutex_};
  if (buckets_.size() >= max_callers && !buckets_.contains(caller)) {
    std::erase_if(buckets_, [&](const auto& entry) {
      bucket aged = entry.second;
      fill(aged, now);
      return aged.tokens >= per_minute_;
    });
    if (buckets_.size() >= max_callers)
      buckets_.erase(buckets_.begin());
  }
  auto& mine = buckets_.try_emplace(caller, bucket{static_cast<double>(per_minute_), now}).first->second;
  fill(mine, now);
  if (mine.tokens >= 1) {
    mine.tokens -= 1;
    return std::chrono::seconds{0};
  }
  return std::chrono::seconds{static_cast<std::int64_t>(std::ceil((1 - mine.tokens) * 60.0 / per_minute_))};
}

} // namespace parseflow::http
