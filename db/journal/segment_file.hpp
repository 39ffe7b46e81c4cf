// One file of the journal: creating, opening, reading, stamping, keeping aside and removing it. record.hpp
// says what its bytes mean.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/journal/files.hpp"
#include "db/journal/record.hpp"
#include "messages/expected.hpp"

namespace parseflow::db {

/// An open segment file; closes itself.
class segment_file {
public:
  segment_file() = default;
  ~segment_file();
  segment_file(segment_file&& other) noexcept;
  segment_file& operator=(segment_file&& other) noexcept;

  /// Why a file could not be made.
  struct [[nodiscard]] make_problem : problem {
    bool is_disk_full = false;
  };
  /// Creates the file, allocates its bytes, and makes it durable as a spare one.
  [[nodiscard]] static tl::expected<segment_file, make_problem> make(const std::filesystem::path& path,
                                                                     std::uint64_t bytes);

  /// Opens an existing file. False and `errno` on failure.
  bool open(const std::filesystem::path& path, bool for_writing);

  int descriptor() const { return file_; }
  const std::filesystem::path& path() const { return path_; }
  /// The file's length.
  std::uint64_t bytes() const { return bytes_; }
  /// The offset at which records must end.
  std::uint64_t end_of_records() const {
    return bytes_ - std::min(bytes_, std::uint64_t{segment_header_bytes});
  }

  /// The header at the beginning of the file, or the one at its end if the beginning is damaged.
  struct header_found {
    std::optional<segment_header> header;
    bool begins_whole = false;       ///< The header at the beginning is whole.
    bool has_unknown_format = false; ///< And there is no header of a known format at the end.
  };
  header_found read_header() const;

  /// Writes the header to both ends of the file. Durable after the next `sync`.
  bool write_header(const segment_header& header) const;
  bool sync() const;

  /// False if the file was removed or replaced.
  bool has_name() const;
  /// True if `keep_aside` was called for the file, perhaps by an earlier run.
  bool is_kept_aside() const;
  /// The name under which the file is kept aside.
  std::filesystem::path aside_path() const;
  /// Gives the file a second name, under which the journal does not look for frames. Where the file system
  /// has no hard links it does nothing; then `move_aside` gives the name.
  void keep_aside() const;
  /// Removes the file's first name; the second one stays. Durable.
  expected<> move_aside();
  /// Removes the file; durable if the disk allows it.
  void remove();

private:
  int file_ = -1;
  std::filesystem::path path_;
  std::uint64_t bytes_ = 0;
};

/// All bytes of a file, in memory; zeros where the disk does not return them.
struct file_bytes {
  std::string_view bytes;
  /// Offset and size of each part that could not be read.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> unreadable;
  /// The memory behind `bytes`.
  std::unique_ptr<char[]> memory;
  std::size_t capacity = 0;
};

/// True for a file that was being created when the program was killed: nothing was written to it.
bool is_all_zeros(const file_bytes& file);

/// Reads a file into `to`, and reuses its memory.
void read_whole(const segment_file& file, file_bytes& to);

} // namespace parseflow::db
