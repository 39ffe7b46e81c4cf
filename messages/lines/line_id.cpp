#include "messages/lines/line_id.hpp"

#include <charconv>

#include <fmt/format.h>

#include "messages/frame_digest.hpp"

namespace parseflow::lines {

namespace {

std::optional<std::uint64_t> hex_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, 16);
  return error == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

} // namespace

line_namer::line_namer(const frame_key& key) : line_namer(digest_of(key).low) {}

// The mixer of splitmix64: neighbours differ in all bits.
line_id line_namer::id_of(timestamp at, std::uint32_t position) const {
  auto x = frame_hash_ + 0x9e3779b97f4a7c15ULL * (std::uint64_t{position} + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return {at, (x ^ (x >> 31)) >> (64 - line_id::hash_bits)};
}

std::string to_string(const line_id& id) {
  return fmt::format("{:x}-{:010x}", id.at.time_since_epoch().count(), id.hash);
}

std::optional<line_id> read_line_id(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || dash == 0 || dash > 15)
    return std::nullopt;
  const auto at = hex_number(text.substr(0, dash));
  const auto hash = hex_number(text.substr(dash + 1));
  if (!at || !hash || text.size() - dash - 1 != line_id::hash_bits / 4)
    return std::nullopt;
  return line_id{timestamp{std::chrono::microseconds{static_cast<std::int64_t>(*at)}}, *hash};
}

} // namespace parseflow::lines
