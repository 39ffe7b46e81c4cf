// Watches the system calls with which this program reads and syncs, and makes them fail on demand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace parseflow::db {

/// What the disk does from now on. The destructor makes it healthy again. Only one object at a time.
struct failing_disk {
  failing_disk();
  ~failing_disk();
  failing_disk(const failing_disk&) = delete;
  failing_disk& operator=(const failing_disk&) = delete;

  /// Reads that touch these bytes of any file fail with EIO.
  struct range {
    std::uint64_t begin = 0, end = 0;
  };
  std::optional<range> unreadable;
  /// Syncs of this folder fail with EIO.
  std::optional<std::filesystem::path> unsyncable;
  /// The folders and files for which `fsync` was called.
  std::vector<std::filesystem::path> synced;
};

} // namespace parseflow::db
