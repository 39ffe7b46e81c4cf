// The resources that a process has used so far, from the kernel.
#pragma once

#include <cstdint>

#include <sys/types.h>

namespace parseflow::bench {

/// Since the process began.
struct process_use {
  double cpu_seconds = 0;
  double memory_mb = 0; ///< Resident now.
  double peak_memory_mb = 0;
  /// The pages that it dirtied and the disk must write: whole pages, once more for each sync between changes.
  /// Writes that the file system makes for itself are not included.
  std::uint64_t disk_bytes = 0;
};

/// Zeros if the process has ended.
process_use use_of(pid_t pid);

} // namespace parseflow::bench
