#include "actors/frame_memory.hpp"

namespace parseflow::actors {

namespace {

constexpr std::size_t first_slots = 64;

} // namespace

frame_memory::frame_memory(std::size_t capacity) : capacity_(capacity), slots_(first_slots) {}

void frame_memory::insert(const frame_digest& digest) {
  if (contains(digest))
    return;
  if (known_.size() < capacity_) {
    known_.push_back(digest);
    if (2 * known_.size() > slots_.size())
      return grow();
    slots_[slot_of(digest)] = static_cast<std::uint32_t>(known_.size());
    return;
  }
  forget(known_[oldest_]);
  known_[oldest_] = digest;
  slots_[slot_of(digest)] = static_cast<std::uint32_t>(++oldest_);
  oldest_ %= capacity_;
}

// The slot of the digest, or the free one where it would go.
std::size_t frame_memory::slot_of(const frame_digest& digest) const {
  const auto mask = slots_.size() - 1;
  auto at = home_of(digest);
  while (slots_[at] != 0 && known_[slots_[at] - 1] != digest)
    at = (at + 1) & mask;
  return at;
}

void frame_memory::grow() {
  slots_.assign(2 * slots_.size(), 0);
  for (std::size_t i = 0; i < known_.size(); ++i)
    slots_[slot_of(known_[i])] = static_cast<std::uint32_t>(i + 1);
}

// Frees the slot. Digests behind it that would no longer be found move up.
void frame_memory::forget(const frame_digest& digest) {
  const auto mask = slots_.size() - 1;
  auto gap = slot_of(digest);
  slots_[gap] = 0;
  for (auto next = (gap + 1) & mask; slots_[next] != 0; next = (next + 1) & mask) {
    const auto home = home_of(known_[slots_[next] - 1]);
    if (((next - home) & mask) < ((next - gap) & mask))
      continue; // it is found from its home without crossing the gap
    slots_[gap] = slots_[next];
    slots_[next] = 0;
    gap = next;
  }
}

} // namespace parseflow::actors
