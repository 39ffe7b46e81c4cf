// The bytes of the journal: the format of segments and records. docs/journal.md is written from this file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/frame.hpp"
#include "messages/time.hpp"

namespace parseflow::db {

// All numbers are little-endian.
//
//   segment        = segment_header *( record | damage ) segment_header
//   segment_header = "PFSEG002" generation:u64 life:u64 state:u64 since_us:i64 oldest_us:i64
//                    checksum:u64 zeros:8                 ; 64 bytes; checksum: XXH3-64 over the 48 before it
//   record         = "PFRC" length:u32 life:u64 checksum:u64 payload padding     ; starts at a multiple of 8
//   payload        = body_size:u32 announced:u32 received_us:i64 mode:u8 form:u8 drain_size:u16 id_size:u16
//                    app_size:u16 drain id app body                              ; `length` bytes in all
//
// A recycled file still holds records of its former lives. `life` tells them apart: it is a random number
// that no sender knows, so no bytes of a body can pass for a record. `generation` orders the lives.
// `checksum` of a record is XXH3-64 over the body, seeded with the XXH3-64 over length, life and the payload
// before the body. `form` is 0 for a body stored as it is, 1 for a body compressed as an LZ4 block
// (`body_size` is always the uncompressed size). Times count from the Unix epoch.
//
// Version 0.1.0 wrote another header, and none at the end; its records have the generation in place of
// the life:
//
//   segment_header = "PFSEG001" generation:u64 checksum:u64 zeros:40             ; checksum over the first 16

inline constexpr std::size_t segment_header_bytes = 64;
inline constexpr std::size_t record_header_bytes = 24;
inline constexpr std::size_t payload_fixed_bytes = 24;
inline constexpr std::string_view record_marker = "PFRC";
/// The extension of segment files.
inline constexpr std::string_view segment_extension = ".segment";

/// How a segment's file may be used.
enum class segment_state : std::uint64_t {
  live = 0,   ///< Some of its frames may not be in the database.
  stored = 1, ///< The database has all its frames; their bytes are kept for a while.
  spare = 2,  ///< It holds nothing that is needed and may be overwritten.
};

/// The header of a segment.
struct segment_header {
  std::uint64_t generation = 0;
  std::uint64_t life = 0;
  segment_state state = segment_state::live;
  /// When the last frame of a `stored` segment was stored.
  timestamp since{};
  /// When the oldest frame of a `stored` segment arrived.
  timestamp oldest{};
  /// True for the format of version 0.1.0, without a second header at the end.
  bool is_first_format = false;
};

/// The 64 bytes of a header in the current format.
std::string encode_segment_header(const segment_header& header);

/// The header at the beginning of `bytes`; nothing if there is no whole one of a known format.
std::optional<segment_header> decode_segment_header(std::string_view bytes);

/// Whether `bytes` begin with the header of a format that this version does not know.
bool has_unknown_format(std::string_view bytes);

/// How a body is stored in its record.
enum class body_form : std::uint8_t { plain = 0, lz4 = 1 };

/// Everything that a record has before its body. The body of `stored_body_bytes` follows, then padding.
/// Precondition: drain, id and app are shorter than 64 KiB.
std::string encode_record_head(const frame& content, std::string_view stored_body, body_form form,
                               std::uint64_t life);

/// The bytes that a record with this head and body takes, including padding.
std::size_t padded_size(std::size_t head_bytes, std::size_t body_bytes);

/// A record found in a segment.
struct found_record {
  frame content;
  /// The uncompressed size of its body, even if `content` has no body.
  std::uint32_t body_bytes = 0;
  /// From its first byte to the first byte of the next record.
  std::size_t size = 0;
};

/// The record at the beginning of `bytes`, if a whole one of this life is there. If `with_body` is false the
/// body stays empty: recovery needs only the keys.
std::optional<found_record> decode_record(std::string_view bytes, std::uint64_t life, bool with_body = true);

/// Whether a record of this life, whole or not, begins at the beginning of `bytes`.
bool begins_record(std::string_view bytes, std::uint64_t life);

} // namespace parseflow::db
