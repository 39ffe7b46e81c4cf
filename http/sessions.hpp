// The page's sessions: a random token stands for the API key, for half a day.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "http/credentials.hpp"

namespace parseflow::http {

/// Open sessions, in memory: they end with the process. Not for several threads at once.
class sessions {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::hours life{12};
  /// When one more is opened, the oldest ends.
  static constexpr std::size_t max_open = 1000;

  /// Opens one and returns its token.
  std::string open(time_point now);

  /// True if `token` is that of an open session.
  bool holds(std::string_view token, time_point now) const;

  /// Ends the session of `token`, if there is one.
  void end(std::string_view token);

  std::size_t size() const { return expires_.size(); }

private:
  // Found by digest: the time of the search tells nothing about tokens.
  std::map<digest, time_point> expires_;
};

} // namespace parseflow::http
