// The bytes of the journal: what a segment and a record look like. docs/journal.md is written from this file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/frame.hpp"

namespace parseflow::db {

// All numbers are little-endian.
//
//   segment = segment_header *( record | damage )
//   segment_header = "PFSEG001" generation:u64 checksum:u64 zeros:40          ; 64 bytes, checksum over the
//   first 16 record  = "PFRC" length:u32 generation:u64 checksum:u64 payload padding   ; starts at a multiple
//   of 8 payload = body_size:u32 announced:u32 received_us:i64 mode:u8 form:u8 drain_size:u16 id_size:u16
//   app_size:u16
//             drain id app body                                               ; `length` bytes in all
//
// `generation` numbers the lives of segment files: a recycled file still holds records of its former life,
// which their generation tells apart. `checksum` is XXH3-64 over the body, seeded with the XXH3-64 over
// length, generation and the payload before the body. `form` is 0 for a body as it came, 1 for one compressed
// as an LZ4 block (`body_size` is always the plain size). `received_us` counts from the Unix epoch.

inline constexpr std::size_t segment_header_bytes = 64;
inline constexpr std::size_t record_header_bytes = 24;
inline constexpr std::size_t payload_fixed_bytes = 24;
inline constexpr std::string_view record_marker = "PFRC";
/// Of the names of segment files.
inline constexpr std::string_view segment_extension = ".segment";

/// The header of a segment's life number `generation`.
std::string encode_segment_header(std::uint64_t generation);

/// The generation of a segment; nothing if these are not the first bytes of one.
std::optional<std::uint64_t> decode_segment_header(std::string_view bytes);

/// How a body lies in its record.
enum class body_form : std::uint8_t { plain = 0, lz4 = 1 };

/// Everything of a record but its body: the record's first bytes. The body of `stored_body_bytes` follows,
/// then padding. Precondition: drain, id and app are shorter than 64 KiB.
std::string encode_record_head(const frame& content, std::string_view stored_body, body_form form,
                               std::uint64_t generation);

/// The bytes a record with this head and body takes, padding included.
std::size_t padded_size(std::size_t head_bytes, std::size_t body_bytes);

/// A record found in a segment.
struct found_record {
  frame content;
  /// Plain size of its body, whether it was asked for or not.
  std::uint32_t body_bytes = 0;
  /// From its first byte to the next record's.
  std::size_t size = 0;
};

/// The record at the beginning of `bytes`, if a whole one of this generation stands there. `with_body` false
/// leaves the body empty: recovery needs the keys only.
std::optional<found_record> decode_record(std::string_view bytes, std::uint64_t generation,
                                          bool with_body = true);

/// The offset of the next whole record of this generation at or behind `from`, a multiple of 8; nothing if
/// there is none.
std::optional<std::size_t> find_record(std::string_view segment, std::size_t from, std::uint64_t generation);

/// The greatest generation of all whole records; nothing if there is no whole record.
std::optional<std::uint64_t> newest_generation(std::string_view segment);

/// Whether a record of this generation stands at the beginning of `bytes`, whole or not.
bool begins_record(std::string_view bytes, std::uint64_t generation);

} // namespace parseflow::db
