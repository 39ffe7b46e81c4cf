// The last frames that came, in a bounded number of bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "messages/batch.hpp"
#include "messages/logplex/parse.hpp"

namespace parseflow::actors {

/// Frames have numbers, in the order in which they came. Only bodies are kept: the records of a frame take as
/// much memory again, and its rollup more, while few readers look back.
class recent_frames {
public:
  explicit recent_frames(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// The numbers of the first frame, and of the one that comes next.
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + entries_.size(); }

  void add(const batch& next) {
    // A frame that brought down its parser was kept raw, and must not be parsed here.
    const auto& lines = next.records.lines;
    const bool is_raw = next.records.requests.empty() && lines.size() == 1 &&
                        lines.front().kind == line_kind::malformed &&
                        lines.front().text.size() == next.origin->body.size();
    entries_.push_back({next.origin, is_raw});
    bytes_ += bytes_of(*next.origin);
  }

  /// True if the first frame must go.
  bool is_too_large() const { return bytes_ > max_bytes_ && !entries_.empty(); }

  void drop_first() {
    bytes_ -= bytes_of(*entries_.front().origin);
    entries_.pop_front();
    ++begin_;
  }

  const frame& at(std::uint64_t number) const { return *entries_[number - begin_].origin; }

  /// Parses the frame once more: about 0.1 us a line.
  parsed_body records_of(std::uint64_t number) const {
    const auto& [origin, is_raw] = entries_[number - begin_];
    const logplex::body_context context{origin->mode, origin->announced_lines, origin->received_at};
    return is_raw ? logplex::keep_raw(origin->body, context) : logplex::parse(origin->body, context);
  }

private:
  struct entry {
    frame_ptr origin;
    bool is_raw;
  };

  // With what a frame takes besides its body.
  static std::uint64_t bytes_of(const frame& one) { return one.body.capacity() + 512; }

  std::uint64_t max_bytes_;
  std::uint64_t begin_ = 0, bytes_ = 0;
  std::deque<entry> entries_;
};

} // namespace parseflow::actors
