// What makes the journal's bytes and names survive a power cut.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/uio.h>

namespace parseflow::db {

/// "cannot WHAT PATH: " and what the system says about it, by `errno`.
std::string system_error(std::string_view what, const std::filesystem::path& path);

/// Makes the names in `folder` durable: those of files that were made, renamed or removed. A sentence on
/// failure.
std::optional<std::string> sync_folder(const std::filesystem::path& folder);

/// Makes `folder` and what is missing above it, for their owner alone and durable in their parents. A
/// sentence on failure.
std::optional<std::string> make_folder(const std::filesystem::path& folder);

/// For `write_all`.
iovec part_of(std::string_view bytes);

/// Writes all `parts`, one behind the other, from `offset` on; false and `errno` on failure. Uses up `parts`.
bool write_all(int file, std::vector<iovec>& parts, std::uint64_t offset);

/// How reading ended.
enum class read_end : std::uint8_t {
  whole,     ///< All bytes are there.
  too_short, ///< The file ends before.
  failed,    ///< The disk did not give them; `errno` says why.
};

/// Fills `size` bytes at `to` with those of the file from `offset` on.
read_end read_all(int file, char* to, std::size_t size, std::uint64_t offset);

} // namespace parseflow::db
