// File operations that make the journal's bytes and file names survive a power cut.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include <sys/uio.h>

#include "messages/expected.hpp"

namespace parseflow::db {

/// "cannot WHAT PATH: " and the system's message for `errno`.
problem system_error(std::string_view what, const std::filesystem::path& path);

/// Makes changes of names in `folder` durable: files created, renamed or removed.
expected<> sync_folder(const std::filesystem::path& folder);

/// Creates `folder` and its missing parents, accessible to their owner alone and durable.
expected<> make_folder(const std::filesystem::path& folder);

/// An element of the `parts` of `write_all`.
iovec part_of(std::string_view bytes);

/// Writes all `parts` in sequence, starting at `offset`; false and `errno` on failure. Changes `parts`.
bool write_all(int file, std::vector<iovec>& parts, std::uint64_t offset);

/// How reading ended.
enum class read_end : std::uint8_t {
  whole,     ///< All bytes were read.
  too_short, ///< The file ends too early.
  failed,    ///< The disk did not return them; `errno` says why.
};

/// Reads `size` bytes from the file at `offset` into `to`.
read_end read_all(int file, char* to, std::size_t size, std::uint64_t offset);

} // namespace parseflow::db
