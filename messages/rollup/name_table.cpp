// A hash table with open addressing, whose slots are numbers into the list of names.
#include "messages/rollup/name_table.hpp"

#include <algorithm>
#include <cstring>

namespace parseflow::rollup {

namespace {

__extension__ using wide = unsigned __int128;

constexpr std::uint64_t odd = 0x9e3779b97f4a7c15; // 2^64 / golden ratio

template <class Word>
std::uint64_t load(const char* p) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const wide product = wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Multiplies 16 bytes at a time into the seed, like wyhash. The last step may overlap the one before.
std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  const char* p = text.data();
  const std::size_t size = text.size();
  std::uint64_t hash = seed ^ size;
  if (size < 4) {
    std::uint64_t bytes = 0;
    for (const char c : text)
      bytes = bytes << 8 | static_cast<unsigned char>(c);
    return fold(bytes ^ hash, seed ^ odd);
  }
  if (size < 8)
    return fold(load<std::uint32_t>(p) << 32 ^ load<std::uint32_t>(p + size - 4) ^ hash, seed ^ odd);
  for (std::size_t at = 0; at + 16 < size; at += 16)
    hash = fold(load<std::uint64_t>(p + at) ^ hash, load<std::uint64_t>(p + at + 8) ^ seed ^ odd);
  const std::uint64_t first = size < 16 ? load<std::uint64_t>(p) : load<std::uint64_t>(p + size - 16);
  return fold(first ^ hash, load<std::uint64_t>(p + size - 8) ^ seed ^ odd);
}

// Names are short: comparing in place is quicker than a call. Like the hash, the last step may overlap.
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
