// One file of the journal: made, opened, read, stamped, put aside and removed. What its bytes mean is
// record.hpp's.
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

namespace parseflow::db {

/// An open segment file; closes itself.
class segment_file {
public:
  segment_file() = default;
  ~segment_file();
  segment_file(segment_file&& other) noexcept;
  segment_file& operator=(segment_file&& other) noexcept;

  /// Makes the file, allocates its bytes, and makes it durable as a spare one.
  struct made;
  static made make(const std::filesystem::path& path, std::uint64_t bytes);

  /// Opens a file that is there. False and `errno` on failure.
  bool open(const std::filesystem::path& path, bool for_writing);

  int descriptor() const { return file_; }
  const std::filesystem::path& path() const { return path_; }
  /// Its length.
  std::uint64_t bytes() const { return bytes_; }
  /// Where records must end.
  std::uint64_t end_of_records() const {
    return bytes_ - std::min(bytes_, std::uint64_t{segment_header_bytes});
  }

  /// What the file says about itself at its beginning, or at its end if the beginning is damaged.
  struct header_found {
    std::optional<segment_header> header;
    bool begins_whole = false;       ///< The header at the beginning is whole.
    bool has_unknown_format = false; ///< And no header of a known one at the end.
  };
  header_found read_header() const;

  /// Writes the header to both ends. Durable with the next `sync`.
  bool write_header(const segment_header& header) const;
  bool sync() const;

  /// False if somebody removed or replaced the file.
  bool has_name() const;
  /// True if `keep_aside` was called for it, perhaps by an earlier run.
  bool is_kept_aside() const;
  /// The name under which it is kept aside.
  std::filesystem::path aside_path() const;
  /// Gives the file a second name, under which no journal looks for frames. Without it (there are file
  /// systems that have no second names) `move_aside` does.
  void keep_aside() const;
  /// Takes its first name away; the other one stays. Durable; a sentence on failure.
  std::optional<std::string> move_aside();
  /// Removes the file, durably if the disk allows it.
  void remove();

private:
  int file_ = -1;
  std::filesystem::path path_;
  std::uint64_t bytes_ = 0;
};

/// `problem` is empty if there is a file.
struct segment_file::made {
  segment_file file;
  std::string problem;
  bool is_disk_full = false;
};

/// All bytes of a file, in memory; zeros where the disk does not give them.
struct file_bytes {
  std::string_view bytes;
  /// Begin and size of what could not be read.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> unreadable;
  /// What `bytes` views.
  std::unique_ptr<char[]> memory;
  std::size_t capacity = 0;
};

/// True for a file that was being made when the program was killed: nothing is written in it.
bool is_all_zeros(const file_bytes& file);

/// Reads a file into `to`, whose memory is used again.
void read_whole(const segment_file& file, file_bytes& to);

} // namespace parseflow::db
