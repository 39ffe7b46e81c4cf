// What a process has cost so far, as the kernel says.
#pragma once

#include <cstdint>

#include <sys/types.h>

namespace parseflow::bench {

/// Since the process began.
struct process_use {
  double cpu_seconds = 0;
  double memory_mb = 0; ///< Resident now.
  double peak_memory_mb = 0;
  /// Pages that it made dirty, for the disk to write: whole pages, and again for each sync in between.
  /// Without what the file system writes for itself.
  std::uint64_t disk_bytes = 0;
};

/// Zeros for a process that is gone.
process_use use_of(pid_t pid);

} // namespace parseflow::bench
