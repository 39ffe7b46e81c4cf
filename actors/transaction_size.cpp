#include "actors/transaction_size.hpp"

#include <algorithm>

namespace parseflow::actors {

std::size_t transaction_size::of(std::span<const batch_ptr> waiting) const {
  std::uint64_t lines = 0, bytes = 0;
  std::size_t count = 0;
  for (const std::size_t most = std::min(max_batches_, waiting.size()); count < most; ++count) {
    lines += waiting[count]->records.framing.lines;
    bytes += waiting[count]->origin->body.size();
    if (count > 0 && (lines > max_lines / divisor_ || bytes > max_bytes / divisor_))
      break;
  }
  return count;
}

void transaction_size::succeeded(std::chrono::nanoseconds took) {
  max_batches_ = max_batches_ > SIZE_MAX / 2 ? SIZE_MAX : max_batches_ * 2;
  if (took < comfortable)
    divisor_ = std::max<std::uint64_t>(1, divisor_ / 2);
}

void transaction_size::failed() {
  divisor_ = std::min(max_divisor, divisor_ * 2);
}

} // namespace parseflow::actors
