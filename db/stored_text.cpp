#include "db/stored_text.hpp"

#include <cstdint>
#include <cstring>

#include <fmt/format.h>
#include <xxhash.h>

#include "messages/utf8.hpp"

namespace parseflow::db {

namespace {

constexpr std::size_t shortened_bytes = 200;

// True if one of the eight bytes is NUL or not ASCII.
bool has_other_than_text(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t high = 0x8080808080808080;
  return ((word | ((word - ones) & ~word)) & high) != 0;
}

// A number of bytes at the start of `text` that are ASCII without NUL. It may be up to eight too low, never
// too high.
std::size_t plain_prefix(std::string_view text) {
  std::size_t i = 0;
  for (std::uint64_t word = 0; i + sizeof word <= text.size(); i += sizeof word) {
    std::memcpy(&word, text.data() + i, sizeof word);
    if (has_other_than_text(word))
      return i;
  }
  return i;
}

// The length of the character that starts at `i`; 0 if it is NUL or not valid.
std::size_t storable_at(std::string_view text, std::size_t i) {
  return text[i] == '\0' ? 0 : character_at(text, i);
}

unsigned hex_digit(char c) {
  return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'A' + 10);
}

} // namespace

bool is_storable(std::string_view text) {
  for (std::size_t i = plain_prefix(text); i < text.size();) {
    const std::size_t length = storable_at(text, i);
    if (length == 0)
      return false;
    i += length;
  }
  return true;
}

void make_storable(std::string_view text, std::string& into) {
  into.clear();
  into.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = storable_at(text, i);
    if (length == 0)
      into += "\xEF\xBF\xBD";
    else
      into += text.substr(i, length);
    i += length == 0 ? 1 : length;
  }
}

std::string escaped_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    const std::size_t length = storable_at(name, i);
    if (length == 0)
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(name[i]));
    else if (name[i] == '\\')
      out += "\\\\";
    else
      out += name.substr(i, length);
    i += length == 0 ? 1 : length;
  }
  return out;
}

std::string stored_name(std::string_view name) {
  if (name.size() <= max_name_bytes)
    return escaped_name(name);
  const XXH128_hash_t hash = XXH3_128bits(name.data(), name.size());
  return escaped_name(name.substr(0, shortened_bytes)) +
         fmt::format("\\~{:016x}{:016x}", hash.high64, hash.low64);
}

std::string original_name(std::string_view stored) {
  std::string out;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const std::size_t left = stored.size() - i - 1;
    if (stored[i] == '\\' && left >= 3 && stored[i + 1] == 'x') {
      out += static_cast<char>(hex_digit(stored[i + 2]) * 16 + hex_digit(stored[i + 3]));
      i += 3;
    } else if (stored[i] == '\\' && left >= 1) {
      out += stored[++i];
    } else {
      out += stored[i];
    }
  }
  return out;
}

} // namespace parseflow::db
