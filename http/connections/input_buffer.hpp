// Bytes of a client that have arrived and are not yet used.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace parseflow::http {

/// Takes memory only while it holds bytes.
class input_buffer {
public:
  /// Enough for the head of any usual request and for many bodies of one line.
  static constexpr std::size_t step_bytes = 16 * 1024;

  std::string_view bytes() const { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Makes room for at least one more byte, which moves what is held. Returns where the next bytes go.
  char* room() {
    if (begin_ == end_)
      begin_ = end_ = 0;
    if (end_ < capacity_)
      return memory_.get() + end_;
    const auto held = end_ - begin_;
    const auto wanted = held + step_bytes;
    if (wanted > capacity_) {
      auto larger = std::make_unique_for_overwrite<char[]>(wanted);
      if (held > 0)
        std::memcpy(larger.get(), memory_.get() + begin_, held);
      memory_ = std::move(larger);
      capacity_ = wanted;
    } else {
      std::memmove(memory_.get(), memory_.get() + begin_, held);
    }
    begin_ = 0;
    end_ = held;
    return memory_.get() + end_;
  }
  /// How many bytes fit behind `room`.
  std::size_t room_bytes() const { return capacity_ - end_; }
  void add(std::size_t size) { end_ += size; }

  void drop(std::size_t size) { begin_ += std::min(size, end_ - begin_); }

  /// Gives the memory back; what is held is lost.
  void release() {
    memory_.reset();
    begin_ = end_ = capacity_ = 0;
  }

private:
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

} // namespace parseflow::http
