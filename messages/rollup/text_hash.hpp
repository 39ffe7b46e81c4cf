// A fast hash of text to 64 well-mixed bits. It must never change: sketches in databases are made of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace parseflow::rollup {

namespace text_hash_detail {

__extension__ using wide = unsigned __int128;

inline constexpr std::uint64_t odd = 0x9e3779b97f4a7c15; // 2^64 / golden ratio

template <class Word>
std::uint64_t load(const char* p) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const wide product = wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

} // namespace text_hash_detail

/// The hash of `text`. It is the same on all little-endian machines.
///
/// Multiplies 16 bytes at a time into the seed, like wyhash. The last step may overlap the previous one.
inline std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  using namespace text_hash_detail;
  const char* p = text.data();
  const std::size_t size = text.size();
  std::uint64_t hash = seed ^ size;
  if (size < 4) {
    std::uint64_t bytes = 0;
    for (const char c : text)
      bytes = bytes << 8 | static_cast<unsigned char>(c);
    return mix(bytes ^ hash, seed ^ odd);
  }
  if (size < 8)
    return mix(load<std::uint32_t>(p) << 32 ^ load<std::uint32_t>(p + size - 4) ^ hash, seed ^ odd);
  for (std::size_t at = 0; at + 16 < size; at += 16)
    hash = mix(load<std::uint64_t>(p + at) ^ hash, load<std::uint64_t>(p + at + 8) ^ seed ^ odd);
  const std::uint64_t first = size < 16 ? load<std::uint64_t>(p) : load<std::uint64_t>(p + size - 16);
  return mix(first ^ hash, load<std::uint64_t>(p + size - 8) ^ seed ^ odd);
}

} // namespace parseflow::rollup
