// The bytes of the journal: what a segment and a record look like. docs/journal.md is written from this file.
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
//                    checksum:u64 zeros:8                  ; 64 bytes; checksum: XXH3-64 over the 48 before it
//   record         = "PFRC" length:u32 life:u64 checksum:u64 payload padding      ; starts at a multiple of 8
//   payload        = body_size:u32 announced:u32 received_us:i64 mode:u8 form:u8 drain_size:u16 id_size:u16
//                    app_size:u16 drain id app body                               ; `length` bytes in all
//
// A recycled file still holds records of its former lives. `life` tells them apart: a random number of which
// no sender knows anything, so that no bytes of a body can pass for a record. `generation` is the order of
// the lives. `checksum` of a record is XXH3-64 over the body, seeded with the XXH3-64 over length, life and
// the payload before the body. `form` is 0 for a body as it came, 1 for one compressed as an LZ4 block
// (`body_size` is always the plain size). Times count from the Unix epoch.
//
// Version 0.1.0 wrote another header, and none at the end; in its records the generation stands for the life:
//
//   segment_header = "PFSEG001" generation:u64 checksum:u64 zeros:40              ; checksum over the first 16

inline constexpr std::size_t segment_header_bytes = 64;
inline constexpr std::size_t record_header_bytes = 24;
inline constexpr std::size_t payload_fixed_bytes = 24;
inline constexpr std::string_view record_marker = "PFRC";
/// Of the names of segment files.
inline constexpr std::string_view segment_extension = ".segment";

/// What a segment's file is good for.
enum class segment_state : std::uint64_t {
  live = 0,   ///< Frames of it may not be in the database.
  stored = 1, ///< The database has all its frames; their bytes are kept for a while.
  spare = 2,  ///< Nothing: it may be written over.
};

/// What a segment says about itself.
struct segment_header {
  std::uint64_t generation = 0;
  std::uint64_t life = 0;
  segment_state state = segment_state::live;
  /// When the last frame of a stored one was stored.
  timestamp since{};
  /// When the oldest frame of a stored one arrived.
  timestamp oldest{};
  /// As version 0.1.0 wrote it: without a second header at the end.
  bool is_first_format = false;
};

/// The 64 bytes of a header in today's format.
std::string encode_segment_header(const segment_header& header);

/// The header that `bytes` begin with; nothing if no whole one of a known format does.
std::optional<segment_header> decode_segment_header(std::string_view bytes);

/// Whether `bytes` begin as a segment of a format does that this version does not know.
bool has_unknown_format(std::string_view bytes);

/// How a body lies in its record.
enum class body_form : std::uint8_t { plain = 0, lz4 = 1 };

/// Everything of a record but its body: the record's first bytes. The body of `stored_body_bytes` follows,
/// then padding. Precondition: drain, id and app are shorter than 64 KiB.
std::string encode_record_head(const frame& content, std::string_view stored_body, body_form form,
                               std::uint64_t life);

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

/// The record at the beginning of `bytes`, if a whole one of this life stands there. `with_body` false
/// leaves the body empty: recovery needs the keys only.
std::optional<found_record> decode_record(std::string_view bytes, std::uint64_t life, bool with_body = true);

/// Whether a record of this life stands at the beginning of `bytes`, whole or not.
bool begins_record(std::string_view bytes, std::uint64_t life);

} // namespace parseflow::db
