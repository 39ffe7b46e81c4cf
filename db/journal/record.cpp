#include "db/journal/record.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include <lz4.h>
#include <xxhash.h>

namespace parseflow::db {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie in memory");

constexpr std::string_view any_segment_marker = "PFSEG";
constexpr std::string_view first_marker = "PFSEG001";
constexpr std::string_view segment_marker = "PFSEG002";
constexpr std::size_t first_checked_bytes = 16, checked_bytes = 48;
// A larger body cannot be from this program: http.max-body-bytes is at most 1 GiB.
constexpr std::uint32_t max_body_bytes = 1U << 30;

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

template <class T>
T take(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::size_t padded(std::size_t size) {
  return (size + 7) / 8 * 8;
}

// Hashes the small parts and uses the result as the seed of the hash over the body, so that they need not be
// copied together.
std::uint64_t checksum(std::uint32_t length, std::uint64_t life, std::string_view facts,
                       std::string_view body) {
  std::string small;
  small.reserve(sizeof length + sizeof life + facts.size());
  put(small, length);
  put(small, life);
  small += facts;
  return XXH3_64bits_withSeed(body.data(), body.size(), XXH3_64bits(small.data(), small.size()));
}

// The number of bytes in a payload before the body.
std::size_t facts_bytes(std::string_view payload) {
  return payload_fixed_bytes + take<std::uint16_t>(payload, 18) + take<std::uint16_t>(payload, 20) +
         take<std::uint16_t>(payload, 22);
}

// The whole payload of a valid record at the beginning of `bytes`.
std::optional<std::string_view> payload_of(std::string_view bytes, std::uint64_t life) {
  if (bytes.size() < record_header_bytes || bytes.substr(0, 4) != record_marker)
    return std::nullopt;
  const auto length = take<std::uint32_t>(bytes, 4);
  if (take<std::uint64_t>(bytes, 8) != life || length < payload_fixed_bytes ||
      length > bytes.size() - record_header_bytes)
    return std::nullopt;
  const auto payload = bytes.substr(record_header_bytes, length);
  const auto facts = facts_bytes(payload);
  if (facts > length)
    return std::nullopt;
  if (take<std::uint64_t>(bytes, 16) !=
      checksum(length, life, payload.substr(0, facts), payload.substr(facts)))
    return std::nullopt;
  return payload;
}

} // namespace

std::string encode_segment_header(const segment_header& header) {
  std::string out{segment_marker};
  put(out, header.generation);
  put(out, header.life);
  put(out, static_cast<std::uint64_t>(header.state));
  put(out, static_cast<std::int64_t>(header.since.time_since_epoch().count()));
  put(out, static_cast<std::int64_t>(header.oldest.time_since_epoch().count()));
  put(out, XXH3_64bits(out.data(), out.size()));
  out.resize(segment_header_bytes);
  return out;
}

std::optional<segment_header> decode_segment_header(std::string_view bytes) {
  if (bytes.size() < segment_header_bytes)
    return std::nullopt;
  const auto is_whole = [bytes](std::string_view marker, std::size_t checked) {
    return bytes.starts_with(marker) &&
           take<std::uint64_t>(bytes, checked) == XXH3_64bits(bytes.data(), checked);
  };
  segment_header result;
  if (is_whole(first_marker, first_checked_bytes)) {
    result.generation = result.life = take<std::uint64_t>(bytes, 8);
    result.is_first_format = true;
    return result;
  }
  if (!is_whole(segment_marker, checked_bytes))
    return std::nullopt;
  result.generation = take<std::uint64_t>(bytes, 8);
  result.life = take<std::uint64_t>(bytes, 16);
  result.state = static_cast<segment_state>(take<std::uint64_t>(bytes, 24));
  result.since = timestamp{std::chrono::microseconds{take<std::int64_t>(bytes, 32)}};
  result.oldest = timestamp{std::chrono::microseconds{take<std::int64_t>(bytes, 40)}};
  return result;
}

bool has_unknown_format(std::string_view bytes) {
  return bytes.starts_with(any_segment_marker) && !bytes.starts_with(first_marker) &&
         !bytes.starts_with(segment_marker);
}

std::string encode_record_head(const frame& content, std::string_view stored_body, body_form form,
                               std::uint64_t life) {
  std::string payload;
  payload.reserve(payload_fixed_bytes + content.key.drain.size() + content.key.id.size() +
                  content.app.size());
  put(payload, static_cast<std::uint32_t>(content.body.size()));
  put(payload, content.announced_lines);
  put(payload, static_cast<std::int64_t>(content.received_at.time_since_epoch().count()));
  put(payload, static_cast<std::uint8_t>(content.mode));
  put(payload, static_cast<std::uint8_t>(form));
  put(payload, static_cast<std::uint16_t>(content.key.drain.size()));
  put(payload, static_cast<std::uint16_t>(content.key.id.size()));
  put(payload, static_cast<std::uint16_t>(content.app.size()));
  payload += content.key.drain;
  payload += content.key.id;
  payload += content.app;

  const auto length = static_cast<std::uint32_t>(payload.size() + stored_body.size());
  std::string out{record_marker};
  out.reserve(record_header_bytes + payload.size());
  put(out, length);
  put(out, life);
  put(out, checksum(length, life, payload, stored_body));
  out += payload;
  return out;
}

std::size_t padded_size(std::size_t head_bytes, std::size_t body_bytes) {
  return padded(head_bytes + body_bytes);
}

std::optional<found_record> decode_record(std::string_view bytes, std::uint64_t life, bool with_body) {
  const auto payload = payload_of(bytes, life);
  if (!payload)
    return std::nullopt;
  found_record result;
  result.size = padded(record_header_bytes + payload->size());
  auto& content = result.content;
  const auto body_size = take<std::uint32_t>(*payload, 0);
  content.announced_lines = take<std::uint32_t>(*payload, 4);
  content.received_at = timestamp{std::chrono::microseconds{take<std::int64_t>(*payload, 8)}};
  content.mode = take<std::uint8_t>(*payload, 16) == 0 ? structured_data::absent : structured_data::present;
  const auto form = static_cast<body_form>(take<std::uint8_t>(*payload, 17));
  const std::size_t drain = take<std::uint16_t>(*payload, 18);
  const std::size_t id = take<std::uint16_t>(*payload, 20);
  const std::size_t app = take<std::uint16_t>(*payload, 22);
  if (body_size > max_body_bytes)
    return std::nullopt;
  auto rest = payload->substr(payload_fixed_bytes);
  content.key.drain = rest.substr(0, drain);
  content.key.id = rest.substr(drain, id);
  content.app = rest.substr(drain + id, app);
  rest.remove_prefix(drain + id + app);
  result.body_bytes = body_size;
  if (!with_body)
    return result;
  if (form == body_form::lz4) {
    content.body.resize(body_size);
    const int size = LZ4_decompress_safe(rest.data(), content.body.data(), static_cast<int>(rest.size()),
                                         static_cast<int>(body_size));
    if (size != static_cast<int>(body_size))
      return std::nullopt;
  } else {
    if (form != body_form::plain || rest.size() != body_size)
      return std::nullopt;
    content.body = rest;
  }
  return result;
}

bool begins_record(std::string_view bytes, std::uint64_t life) {
  return bytes.size() >= record_header_bytes &&
         std::memcmp(bytes.data(), record_marker.data(), record_marker.size()) == 0 &&
         take<std::uint64_t>(bytes, 8) == life;
}

} // namespace parseflow::db
