// Frame ids that are kept longer than the frames: small append-only files, removed when they are old or
// not needed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "messages/expected.hpp"
#include "messages/frame_digest.hpp"
#include "messages/time.hpp"

namespace parseflow::db {

//   id_file = *block              ; named ids-HOUR, then ids-HOUR.1, …; HOUR = hours since the Unix epoch
//   block   = "PFID" count:u32 checksum:u64 *( low:u64 high:u64 )      ; checksum: XXH3-64 over the ids

/// What the id files hold.
struct remembered_ids {
  std::vector<frame_digest> ids; ///< Oldest first.
  std::uint64_t damaged_bytes = 0;
  std::uint64_t read_bytes = 0;
};

/// The ids of frames whose segments were recycled. Used by one thread.
class id_files {
public:
  /// A file of this size is full.
  static constexpr std::uint64_t max_file_bytes = 1u << 20;

  /// @param age How long ids are kept.
  /// @param limit How many are needed: files that hold only older ones are dropped.
  id_files(std::filesystem::path directory, std::chrono::hours age, std::size_t limit)
      : directory_(std::move(directory)), age_(age), limit_(limit) {}

  /// Makes `ids` durable in files of the hour of `now`, and removes files that are too old or not needed for
  /// `limit` ids.
  expected<> append(std::span<const frame_digest> ids, timestamp now);

  /// The newest ids, about `limit` of them. Reads at most one file more than they take; of a file above
  /// `max_file_bytes`, as version 0.1.0 wrote, it reads the end. Skips damaged blocks.
  remembered_ids load(timestamp now);

private:
  expected<> append_block(std::span<const frame_digest> ids, timestamp now);
  void drop_unneeded(timestamp now);

  std::filesystem::path directory_;
  std::chrono::hours age_;
  std::size_t limit_;
};

} // namespace parseflow::db
