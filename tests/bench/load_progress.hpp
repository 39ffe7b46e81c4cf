// The progress of a load while it runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace parseflow::bench {

/// Any thread may call its functions.
class load_progress {
public:
  void delivered(std::uint64_t lines, std::int64_t answer_us) {
    lines_ += lines;
    ++batches_;
    const std::lock_guard guard{mutex_};
    answers_us_.push_back(answer_us);
  }
  void refused() { ++refused_; }

  /// Acknowledged lines.
  std::uint64_t lines() const { return lines_; }
  /// Acknowledged batches.
  std::uint64_t batches() const { return batches_; }
  /// Answers other than a 204.
  std::uint64_t refusals() const { return refused_; }
  /// Answer times since the last call.
  std::vector<std::int64_t> take_answers_us() {
    const std::lock_guard guard{mutex_};
    return std::exchange(answers_us_, {});
  }

private:
  std::atomic<std::uint64_t> lines_ = 0, batches_ = 0, refused_ = 0;
  std::mutex mutex_;
  std::vector<std::int64_t> answers_us_; // guarded by mutex_
};

} // namespace parseflow::bench
