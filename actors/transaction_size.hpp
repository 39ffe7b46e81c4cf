// Decides how many batches go into the next transaction. Does not write.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "messages/batch.hpp"

namespace parseflow::actors {

/// Large transactions cost least per line, but one that is too large for its time limit is never stored. So
/// after a failure the next transaction is half as large, and the size grows again while transactions
/// succeed quickly.
class transaction_size {
public:
  /// The most lines and body bytes of a transaction. Body bytes, since about as many go to the database.
  static constexpr std::uint64_t max_lines = 50'000;
  static constexpr std::uint64_t max_bytes = 16u << 20;
  /// A transaction that took longer than this does not let the next one grow; the time limits are a few times
  /// as long.
  static constexpr std::chrono::seconds comfortable{10};

  /// How many batches, counted from the first, go into the next transaction: at least one. Precondition:
  /// there is one.
  std::size_t of(std::span<const batch_ptr> waiting) const;

  /// The transaction is stored.
  void succeeded(std::chrono::nanoseconds took);

  /// A time limit or a lost connection undid the transaction.
  void failed();

  /// The database refuses something in these batches, of which there are at least two: the next transactions
  /// are smaller, until the batch that is the cause goes alone.
  void refused(std::size_t batches) { max_batches_ = batches / 2; }

  /// The most lines of a transaction now; a single batch may have more.
  std::uint64_t lines() const { return max_lines / divisor_; }

private:
  static constexpr std::uint64_t max_divisor = 1024;

  std::uint64_t divisor_ = 1;
  std::size_t max_batches_ = SIZE_MAX;
};

} // namespace parseflow::actors
