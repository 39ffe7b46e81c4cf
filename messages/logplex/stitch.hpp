// Joins lines that were cut on their way: pieces of 10 000 bytes, and the numbered parts of a Postgres log
// line.
//
// Its state lives with whoever reads lines in the order of time (a search, a live tail), one stitcher per
// question, and not in the pipeline: parsers are a pool, so that the pieces of one line may reach two of them
// in either order; what is stored must be each line once, as it came, or a retried batch would not be the
// same batch; and nothing that waits for a piece has to survive a restart.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"

namespace parseflow::logplex {

/// Heroku cuts a line that a dyno prints into pieces of so many bytes, even inside a character; only the last
/// is shorter.
inline constexpr std::size_t cut_bytes = 10'000;

/// What bounds a stitcher.
struct stitch_limits {
  /// A piece that is so much later than the last one belongs to another line.
  std::chrono::microseconds max_gap = std::chrono::seconds{1};
  /// A joined line ends here, even if there is more.
  std::size_t max_line_bytes = 1u << 20;
  /// Bytes kept waiting; beyond it, the longest waiting are given out as they are.
  std::size_t max_held_bytes = 8u << 20;
};

/// A stored line. The stitcher copies what it keeps.
struct line_piece {
  timestamp at{};
  std::string_view drain;
  std::string_view source;
  std::string_view proc;
  std::string_view text;
};

/// A line as its writer meant it.
struct stitched_line {
  /// Of its first piece to arrive.
  timestamp at{};
  std::string drain;
  std::string source;
  std::string proc;
  std::string text;
  /// From how many lines it was joined.
  std::uint32_t pieces = 1;
};

/// Takes lines roughly in the order of time and gives each out once, alone or joined.
class stitcher {
public:
  explicit stitcher(stitch_limits limits = {}) : limits_(limits) {}

  /// Takes a line; appends to `done` what is complete now, or has waited too long.
  void add(const line_piece& line, std::vector<stitched_line>& done);

  /// Gives out what has waited for a piece longer than `max_gap` at `now`.
  void expire(timestamp now, std::vector<stitched_line>& done);

  /// Gives out all that waits.
  void flush(std::vector<stitched_line>& done);

  /// Bytes that wait, and what it costs to keep them; at most `max_held_bytes`.
  std::size_t held_bytes() const { return held_bytes_; }

private:
  struct waiting {
    std::string key;
    stitched_line line; // without the text of Postgres parts
    timestamp last{};
    std::map<std::uint64_t, std::string> parts; // of a Postgres line, by number
    std::size_t bytes = 0;
  };
  using place = std::list<waiting>::iterator;

  void add_cut(const line_piece& line, std::vector<stitched_line>& done);
  void add_part(const line_piece& line, std::uint64_t number, std::string key, std::string_view text,
                std::vector<stitched_line>& done);
  place keep(const line_piece& line, std::string key);
  void grow(place p, std::size_t bytes, timestamp at);
  void give(place p, std::vector<stitched_line>& done);
  void shrink(std::vector<stitched_line>& done);

  stitch_limits limits_;
  std::list<waiting> waiting_; // longest unchanged first
  std::map<std::string, place, std::less<>> by_key_;
  std::size_t held_bytes_ = 0;
};

} // namespace parseflow::logplex
