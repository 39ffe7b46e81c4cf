#include "actors/kept_walk.hpp"

#include <algorithm>
#include <utility>

namespace parseflow::actors {

std::vector<frame_key> kept_walk::next(const db::journal& source, timestamp now, std::size_t limit) {
  told_.clear();
  std::vector<frame_key> keys;
  while (keys.size() < limit) {
    if (unread_.empty()) {
      unread_ = source.kept_frames(at_, now);
      if (unread_.empty())
        break;
      at_ = unread_.back().at;
      std::reverse(unread_.begin(), unread_.end());
    }
    auto& one = unread_.back();
    keys.push_back(one.head.key);
    told_.emplace(one.digest, std::move(one));
    unread_.pop_back();
  }
  return keys;
}

const db::recovered_frame* kept_walk::listed(const frame_key& key) const {
  const auto found = told_.find(digest_of(key));
  return found == told_.end() ? nullptr : &found->second;
}

} // namespace parseflow::actors
