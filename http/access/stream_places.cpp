#include "http/access/stream_places.hpp"

namespace parseflow::http {

std::shared_ptr<const void> stream_places::take(const std::string& caller) {
  const std::lock_guard guard{mutex_};
  auto& count = taken_[caller];
  if (per_caller_ != 0 && count >= per_caller_)
    return nullptr;
  ++count;
  const auto give_back = [this, caller](const void*) {
    const std::lock_guard held{mutex_};
    if (const auto found = taken_.find(caller); --found->second == 0)
      taken_.erase(found);
  };
  return {&count, give_back};
}

} // namespace parseflow::http
