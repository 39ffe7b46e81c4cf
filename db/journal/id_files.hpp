// Frame ids that outlive their bytes: small append-only files, one for each hour, dropped when they are old.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "messages/frame_digest.hpp"
#include "messages/time.hpp"

namespace parseflow::db {

//   id_file = *block                                   ; named ids-HOUR, HOUR = hours since the Unix epoch
//   block   = "PFID" count:u32 checksum:u64 *( low:u64 high:u64 )      ; checksum: XXH3-64 over the ids

/// The ids of frames whose segments were recycled. One thread uses it.
class id_files {
public:
  /// @param age How long ids are kept.
  id_files(std::filesystem::path directory, std::chrono::hours age)
      : directory_(std::move(directory)), age_(age) {}

  /// Makes `ids` durable in the file of the hour of `now`, and drops files that are too old. A sentence on
  /// failure.
  std::optional<std::string> append(std::span<const frame_digest> ids, timestamp now);

  /// Calls `take` with every kept id, oldest file first. Damaged blocks are skipped; returns their bytes.
  std::size_t load(timestamp now, const std::function<void(const frame_digest&)>& take);

private:
  void drop_old(timestamp now);

  std::filesystem::path directory_;
  std::chrono::hours age_;
};

} // namespace parseflow::db
