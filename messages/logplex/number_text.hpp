// Eight bytes at a time: comparing texts, and decimal digits → integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace parseflow::logplex {

/// The eight bytes at `p`, the first one lowest.
inline std::uint64_t load8(const char* p) {
  std::uint64_t bytes = 0;
  if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
    std::memcpy(&bytes, p, sizeof bytes);
  } else {
    for (int i = 0; i < 8; ++i)
      bytes |= static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])) << (8 * i);
  }
  return bytes;
}

/// Four bytes, to compare them only: their order is the machine's.
inline std::uint32_t load4(const char* p) {
  std::uint32_t bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  return bytes;
}

/// True if the bytes at `p` are `key`. Unlike `memcmp`, it is never a call.
template <std::size_t N>
bool is_text_at(const char* p, const char (&key)[N]) {
  constexpr std::size_t bytes = N - 1;
  if constexpr (bytes >= 8)
    return ((load8(p) ^ load8(key)) | (load8(p + bytes - 8) ^ load8(key + bytes - 8))) == 0;
  else if constexpr (bytes >= 4)
    return ((load4(p) ^ load4(key)) | (load4(p + bytes - 4) ^ load4(key + bytes - 4))) == 0;
  else
    return std::memcmp(p, key, bytes) == 0;
}

/// True if `text` is `key`. Unlike `==`, it is never a call.
template <std::size_t N>
bool is_text(std::string_view text, const char (&key)[N]) {
  return text.size() == N - 1 && is_text_at(text.data(), key);
}

/// True if each byte of `values` is at most nine.
inline bool are_digit_values(std::uint64_t values) {
  return ((values | (values + 0x7676767676767676u)) & 0x8080808080808080u) == 0;
}

/// The number that eight digits spell, given their values; the first one is in the lowest byte.
inline std::uint64_t combined_digits(std::uint64_t values) {
  values = values * 10 + (values >> 8);
  return ((values & 0x000000ff000000ffu) * 0x000f424000000064u +
          ((values >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u) >>
         32;
}

/// Reads the number that the `count` digits before `end` spell. Precondition: 1 <= count <= 8, and eight
/// bytes before `end` are readable. False if one of the `count` bytes is not a digit.
inline bool read_digits_before(const char* end, std::size_t count, std::uint64_t& value) {
  const std::uint64_t wanted = ~std::uint64_t{0} << (64 - 8 * count);
  const std::uint64_t values = (load8(end - 8) ^ 0x3030303030303030u) & wanted;
  value = combined_digits(values);
  return are_digit_values(values);
}

} // namespace parseflow::logplex
