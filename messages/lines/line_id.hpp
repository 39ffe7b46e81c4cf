// The name of one line for ever: the same on every node, after a restart and in a replay.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/frame.hpp"

namespace parseflow::lines {

/// The time of a line and a hash of where it stands. Two lines of the same microsecond share one by a chance
/// of 1 to 10^12.
struct line_id {
  static constexpr int hash_bits = 40;

  timestamp at{};
  /// Below 2^`hash_bits`.
  std::uint64_t hash = 0;

  bool operator==(const line_id&) const = default;
};

/// Names the lines of one frame: by its drain and id, and by the position of the line in it.
class line_namer {
public:
  explicit line_namer(const frame_key& key);
  /// @param frame_hash `digest_of(key).low`.
  explicit line_namer(std::uint64_t frame_hash) : frame_hash_(frame_hash) {}
  /// @param position See `line_view::position`.
  line_id id_of(timestamp at, std::uint32_t position) const;

private:
  std::uint64_t frame_hash_;
};

/// Both parts in hexadecimal digits, the time in microseconds since 1970: `64c0d64a2e5e3-00c3f1a2b4`.
std::string to_string(const line_id& id);

/// Reads what `to_string` writes; nothing for any other text.
std::optional<line_id> read_line_id(std::string_view text);

} // namespace parseflow::lines
