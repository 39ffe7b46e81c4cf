// One drain request as it came in: bytes and where they belong. Nothing here parses them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace parseflow {

/// Whether lines carry a STRUCTURED-DATA field; chosen per request, never guessed from a line
/// (heroku-formats 2.2).
enum class structured_data : std::uint8_t {
  absent,  ///< Logplex leaves the field out.
  present, ///< log-shuttle writes it, at least as `-`.
};

/// Identifies a frame: one that comes again with the same key is a duplicate (promise P2).
struct frame_key {
  /// The drain's token, or the name it is registered under. Never empty.
  std::string drain;
  /// `Logplex-Frame-Id`, else `X-Request-Id`, else a random name that begins with `made_up_id`. Never empty.
  std::string id;

  bool operator==(const frame_key&) const = default;
};

/// The prefix of ids that this program makes up for requests without one.
inline constexpr std::string_view made_up_id = "unnamed-";

/// True if the id is made up: then no sender can send the frame again under the same key.
inline bool has_made_up_id(const frame_key& key) {
  return key.id.starts_with(made_up_id);
}

template <class Inspector>
auto inspect(Inspector& f, frame_key& x) {
  return f(x.drain, x.id);
}

/// The body of one `POST /logdrains`. Owns its bytes, so it outlives the request.
struct frame {
  /// `announced_lines` of a request without a usable `Logplex-Msg-Count`.
  static constexpr std::uint32_t no_count = UINT32_MAX;

  frame_key key;
  /// The app this drain belongs to: its registered name, else `?app=`, else the drain's token. Never empty.
  std::string app;
  structured_data mode = structured_data::absent;
  /// `Logplex-Msg-Count`: compared with the number of lines found, but not what lines are parsed by
  /// (heroku-formats 2.1).
  std::uint32_t announced_lines = no_count;
  timestamp received_at{};
  /// At most `http_settings::max_body_bytes`.
  std::string body;
};

template <class Inspector>
auto inspect(Inspector& f, frame& x) {
  return f(x.key, x.app, x.mode, x.announced_lines, x.received_at, x.body);
}

/// Frames are shared between boxes and never changed once built.
using frame_ptr = std::shared_ptr<const frame>;

} // namespace parseflow
