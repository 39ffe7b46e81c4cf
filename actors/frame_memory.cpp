#include "actors/frame_memory.hpp"

namespace parseflow::actors {

void frame_memory::insert(const frame_digest& digest) {
  if (!known_.insert(digest).second)
    return;
  by_age_.push_back(digest);
  if (by_age_.size() <= capacity_)
    return;
  known_.erase(by_age_.front());
  by_age_.pop_front();
}

} // namespace parseflow::actors
