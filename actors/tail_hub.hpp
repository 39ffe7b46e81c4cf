// TAIL HUB: keeps the last lines, and shows those that come to the readers who wait for them.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/box.hpp"
#include "actors/recent_frames.hpp"
#include "messages/interfaces.hpp"
#include "messages/lines/shown_line.hpp"

namespace parseflow::actors {

/// A tail first seeks where to begin, then reads on from there, and is live when it has read everything: so
/// there is no seam. A reader who is too slow for live lines gets the number of those that were left out.
/// Spawn cooperatively: it never blocks. What it does for a reader who looks back comes in turns of about a
/// millisecond. Who sends to it: the router, whose batches are bounded by the receiver's budgets.
class tail_hub : public box_state<tail_hub_actor> {
public:
  static constexpr const char* box_name = "tail_hub";

  /// How long a reader hears nothing before he gets a heartbeat.
  static constexpr std::chrono::seconds longest_silence{15};

  /// @param memory_bytes Of the lines that are kept.
  tail_hub(self_pointer self, std::uint64_t memory_bytes);

  void on_exit();

  behavior_type make_behavior();

private:
  // The tails that want the same, and the lines for them that were not sent yet.
  struct group {
    tail_filter filter;
    std::size_t tails = 0;
    std::vector<std::uint64_t> live; // streams
    std::string text;
    skipped_lines lines; // in `text`; they are skipped by tails without room
  };

  enum class phase : std::uint8_t { seeking, reading, live };

  struct tail {
    stream_slot slot;
    std::shared_ptr<group> own;
    std::size_t waiting_bytes = 0; // sent, and not yet reported as taken
    skipped_lines skipped;         // not told yet
    phase now = phase::seeking;
    // Seeking: frames from here on were looked through. Reading: the next line.
    std::uint64_t frame = 0;
    std::uint32_t line = 0;
    std::optional<lines::line_id> after;
    std::optional<timestamp> since;
    std::uint64_t earlier_lines = 0; // that are still to be found
    std::size_t window_bytes = stream_window_bytes;
    bool has_turn = false; // in `turns_`
    std::chrono::steady_clock::time_point heard;
  };

  void take(const batch_group& next);
  void show(const batch& next);
  void flush(group& to);
  void forget_old();
  void pass_over_first(tail& who);

  void let_in(const tail_wish& wish);
  std::shared_ptr<group> group_of(const tail_filter& filter);
  void hear(const stream_reports::report& news);
  void let_go(std::uint64_t stream);
  void tick();

  void give_turn(tail& who);
  void next_turn();
  bool seek(tail& who, std::size_t& budget);
  void begin_reading(tail& who, std::uint64_t frame, std::uint32_t line);
  bool read_on(tail& who, std::size_t& budget);
  bool read_frame(tail& who);

  static bool may_want(const tail_filter& filter, const frame& origin);
  static bool has_room(const tail& who, std::size_t bytes);
  void offer(tail& who, const stream_text& text, const skipped_lines& lines);
  void skip(tail& who, const skipped_lines& lines);
  bool tell_skipped(tail& who);
  void send(tail& who, stream_text text, bool is_last = false);
  void send_parts();
  std::chrono::steady_clock::time_point now() { return self_->clock().now(); }

  recent_frames recent_;
  bool has_forgotten_ = false;
  std::map<std::uint64_t, tail> tails_; // by stream
  std::vector<std::shared_ptr<group>> groups_;
  std::deque<std::uint64_t> turns_; // streams that look back
  bool is_ticking_ = false;
  std::uint64_t lines_shown_ = 0, lines_skipped_ = 0;
  // One for each event loop; a sink stays until the box ends.
  std::vector<std::pair<stream_sink_actor, std::vector<stream_parts::part>>> parts_;
  lines::shown_line shown_; // scratch
};

} // namespace parseflow::actors
