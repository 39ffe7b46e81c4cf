// A hash table with open addressing, whose slots are numbers into the list of names.
#include "messages/rollup/name_table.hpp"

#include <algorithm>
#include <cstring>

#include "messages/rollup/text_hash.hpp"

namespace parseflow::rollup {

namespace {

using text_hash_detail::load;

// Names are short: comparing in place is quicker than a call. As in the hash, the last step may overlap.
bool is_same(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  const std::size_t size = a.size();
  if (size < 8)
    return std::memcmp(a.data(), b.data(), size) == 0;
  for (std::size_t at = 0; at + 8 < size; at += 8)
    if (load<std::uint64_t>(a.data() + at) != load<std::uint64_t>(b.data() + at))
      return false;
  return load<std::uint64_t>(a.data() + size - 8) == load<std::uint64_t>(b.data() + size - 8);
}

} // namespace

std::uint32_t name_table::number_of(std::string_view text) {
  const std::uint64_t hash = hash_of(text, seed_);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const auto& known = names_[slots_[at] - 1];
    if (known.hash == hash && is_same(known.text, text))
      return slots_[at] - 1;
  }
  names_.push_back({text, hash});
  const auto count = static_cast<std::uint32_t>(names_.size());
  slots_[at] = count;
  if (2 * names_.size() > slots_.size())
    grow();
  return count - 1;
}

void name_table::grow() {
  slots_.assign(2 * slots_.size(), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::size_t at = names_[i].hash & mask;
    while (slots_[at] != 0)
      at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

void name_table::clear() {
  if (slots_.size() <= 8 * names_.size()) {
    std::fill(slots_.begin(), slots_.end(), 0);
  } else {
    const std::size_t mask = slots_.size() - 1;
    for (const auto& known : names_)
      for (std::size_t at = known.hash & mask; slots_[at] != 0; at = (at + 1) & mask)
        slots_[at] = 0;
  }
  names_.clear();
}

} // namespace parseflow::rollup
