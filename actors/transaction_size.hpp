// How many batches go into the next transaction. Decides only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "messages/batch.hpp"

namespace parseflow {

/// Large transactions cost the least for each line, and one that is too large for its time limit is never
/// stored: so after a failure the next one is half as large, and larger again while they succeed quickly.
class transaction_size {
public:
  /// The most of a transaction; of bodies, since what goes to the database is about as large.
  static constexpr std::uint64_t max_lines = 50'000;
  static constexpr std::uint64_t max_bytes = 16u << 20;
  /// What took longer than this does not become larger: the time limits are a few times as long.
  static constexpr std::chrono::seconds comfortable{10};

  /// How many of the first batches go together: at least one. Precondition: there is one.
  std::size_t of(std::span<const batch_ptr> waiting) const;

  /// The transaction is stored.
  void succeeded(std::chrono::nanoseconds took);

  /// A time limit or the end of the connection undid it.
  void failed();

  /// The database refuses something in so many batches, at least two: fewer go together until the one that
  /// is the cause goes alone.
  void refused(std::size_t batches) { max_batches_ = batches / 2; }

  /// The most lines of a transaction now, unless one batch alone has more.
  std::uint64_t lines() const { return max_lines / divisor_; }

private:
  static constexpr std::uint64_t max_divisor = 1024;

  std::uint64_t divisor_ = 1;
  std::size_t max_batches_ = SIZE_MAX;
};

} // namespace parseflow
