// Who may post and who may look: Basic credentials of drains, the API key, and sessions of the page.
#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/settings.hpp"

namespace parseflow::http {

/// True if both texts are equal. Takes the same time wherever they differ.
bool equal_secrets(std::string_view a, std::string_view b);

/// User and password of an `Authorization: Basic` header; nothing if it is none or not decodable.
struct basic_credentials {
  std::string user;
  std::string password;
};
std::optional<basic_credentials> parse_basic(std::string_view authorization);

/// The registered drains.
class drain_register {
public:
  explicit drain_register(std::vector<drain_credentials> drains) : drains_(std::move(drains)) {}

  /// True if drains need no credentials.
  bool is_open() const { return drains_.empty(); }

  /// The app whose credentials these are. Looks at all entries, so that time tells nothing about which one
  /// matched.
  std::optional<std::string> app_of(const basic_credentials& given) const;

private:
  std::vector<drain_credentials> drains_;
};

/// Sessions of the page: random tokens that stand for the API key. Any thread may call.
class session_register {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::hours lifetime{12};
  /// The oldest session ends when more than this many are open.
  static constexpr std::size_t max_sessions = 1000;

  /// Opens a session; its token goes into the cookie.
  std::string open(clock::time_point now);
  bool is_open(std::string_view token, clock::time_point now);
  void end(std::string_view token);

private:
  struct session {
    std::string token;
    clock::time_point ends;
  };
  std::mutex mutex_;
  std::list<session> by_age_;
};

/// Spreads requests of one caller over time: a bucket of `per_minute` tokens that fills steadily. Any thread
/// may call.
class rate_limiter {
public:
  using clock = std::chrono::steady_clock;
  /// Callers remembered; beyond it those whose bucket is full again are forgotten first.
  static constexpr std::size_t max_callers = 10'000;

  /// @param per_minute 0: no limit.
  explicit rate_limiter(std::uint32_t per_minute) : per_minute_(per_minute) {}

  /// Takes a token of `caller`. Zero if there was one, else how long until there is.
  std::chrono::seconds admit(const std::string& caller, clock::time_point now);

private:
  struct bucket {
    double tokens;
    clock::time_point at;
  };
  void fill(bucket& b, clock::time_point now) const;

  std::uint32_t per_minute_;
  std::mutex mutex_;
  std::unordered_map<std::string, bucket> buckets_;
};

} // namespace parseflow::http
