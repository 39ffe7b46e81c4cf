// Bytes of a client that have arrived and are not yet used.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace parseflow::http {

/// Blocks of memory that the input buffers of one thread take in turns: most hold bytes only for a moment.
class input_memory {
public:
  /// Enough for the head of any usual request and for many bodies of one line.
  static constexpr std::size_t block_bytes = 16 * 1024;

  std::unique_ptr<char[]> take() {
    if (spare_.empty())
      return std::make_unique_for_overwrite<char[]>(block_bytes);
    auto block = std::move(spare_.back());
    spare_.pop_back();
    return block;
  }

  void give_back(std::unique_ptr<char[]> block) {
    if (spare_.size() < max_spare)
      spare_.push_back(std::move(block));
  }

private:
  static constexpr std::size_t max_spare = 32;

  std::vector<std::unique_ptr<char[]>> spare_;
};

/// Takes memory only while it holds bytes.
class input_buffer {
public:
  /// @param blocks Must outlive it.
  explicit input_buffer(input_memory& blocks) : blocks_(blocks) {}

  std::string_view bytes() const { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Makes room for at least one more byte, which moves what is held. Returns where the next bytes go.
  char* room() {
    if (begin_ == end_)
      begin_ = end_ = 0;
    if (end_ < capacity_)
      return memory_.get() + end_;
    const auto held = end_ - begin_;
    const auto wanted = held + input_memory::block_bytes;
    if (capacity_ == 0) {
      memory_ = blocks_.take();
      capacity_ = input_memory::block_bytes;
    } else if (wanted > capacity_) {
      auto larger = std::make_unique_for_overwrite<char[]>(wanted);
      if (held > 0)
        std::memcpy(larger.get(), memory_.get() + begin_, held);
      release();
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
    if (capacity_ == input_memory::block_bytes)
      blocks_.give_back(std::move(memory_));
    memory_.reset();
    begin_ = end_ = capacity_ = 0;
  }

private:
  input_memory& blocks_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

} // namespace parseflow::http
