#include "db/journal/segment_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace parseflow::db {

namespace {

constexpr std::string_view aside_extension = ".damaged";
// The unit in which a disk loses bytes: its blocks are not larger.
constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t chunk_bytes = 256 * page_bytes;

std::optional<segment_header> header_at(int file, std::uint64_t offset,
                                        std::array<char, segment_header_bytes>& raw) {
  if (read_all(file, raw.data(), raw.size(), offset) != read_end::whole)
    return std::nullopt;
  return decode_segment_header({raw.data(), raw.size()});
}

} // namespace

segment_file::~segment_file() {
  if (file_ >= 0)
    ::close(file_);
}

segment_file::segment_file(segment_file&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)), bytes_(other.bytes_) {}

segment_file& segment_file::operator=(segment_file&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

tl::expected<segment_file, segment_file::make_problem> segment_file::make(const std::filesystem::path& path,
                                                                          std::uint64_t bytes) {
  const auto refused = [](problem why, int error = 0) {
    return tl::unexpected<make_problem>{{std::move(why), error == ENOSPC || error == EDQUOT}};
  };
  segment_file file;
  file.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file.file_ < 0) {
    const int error = errno;
    return refused(system_error("make", path), error);
  }
  file.path_ = path;
  file.bytes_ = bytes;
  if (const int error = ::posix_fallocate(file.file_, 0, static_cast<off_t>(bytes)); error != 0) {
    file.remove();
    return refused(
        {fmt::format("cannot allocate {} bytes for {}: {}", bytes, path.string(), std::strerror(error))},
        error);
  }
  const bool is_written = file.write_header({.state = segment_state::spare}) && file.sync();
  if (auto made = is_written ? sync_folder(path.parent_path()) : system_error("write", path); !made) {
    file.remove();
    return refused(std::move(made.error()));
  }
  return file;
}

bool segment_file::open(const std::filesystem::path& path, bool for_writing) {
  file_ = ::open(path.c_str(), (for_writing ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  struct stat facts {};
  if (file_ < 0 || ::fstat(file_, &facts) != 0)
    return false;
  path_ = path;
  bytes_ = static_cast<std::uint64_t>(facts.st_size);
  return true;
}

segment_file::header_found segment_file::read_header() const {
  header_found result;
  std::array<char, segment_header_bytes> begin{}, end{};
  result.header = header_at(file_, 0, begin);
  result.begins_whole = result.header.has_value();
  if (!result.header)
    result.header = header_at(file_, end_of_records(), end);
  result.has_unknown_format = !result.header && has_unknown_format({begin.data(), begin.size()});
  return result;
}

bool segment_file::write_header(const segment_header& header) const {
  const auto encoded = encode_segment_header(header);
  for (const auto offset : {std::uint64_t{0}, end_of_records()}) {
    std::vector<iovec> parts{part_of(encoded)};
    if (!write_all(file_, parts, offset))
      return false;
  }
  return true;
}

bool segment_file::sync() const {
  return ::fdatasync(file_) == 0;
}

bool segment_file::has_name() const {
  struct stat ours {
  }, named{};
  return ::fstat(file_, &ours) == 0 && ::stat(path_.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
         ours.st_dev == named.st_dev;
}

bool segment_file::is_kept_aside() const {
  std::error_code none;
  return std::filesystem::equivalent(path_, aside_path(), none);
}

std::filesystem::path segment_file::aside_path() const {
  auto result = path_;
  result += aside_extension;
  return result;
}

void segment_file::keep_aside() const {
  std::error_code none;
  std::filesystem::create_hard_link(path_, aside_path(), none);
}

expected<> segment_file::move_aside() {
  // `rename` does nothing if the second name exists already, so the first one is removed as well.
  if (::rename(path_.c_str(), aside_path().c_str()) != 0 && errno != ENOENT)
    return system_error("rename", path_);
  ::unlink(path_.c_str());
  return sync_folder(path_.parent_path());
}

void segment_file::remove() {
  if (has_name() && ::unlink(path_.c_str()) == 0)
    std::ignore = sync_folder(path_.parent_path());
  segment_file closed{std::move(*this)};
}

bool is_all_zeros(const file_bytes& file) {
  return file.unreadable.empty() &&
         std::all_of(file.bytes.begin(), file.bytes.end(), [](char c) { return c == 0; });
}

void read_whole(const segment_file& file, file_bytes& to) {
  const auto size = file.bytes();
  if (to.capacity < size) {
    to.memory = std::make_unique_for_overwrite<char[]>(size);
    to.capacity = size;
  }
  to.bytes = {to.memory.get(), size};
  to.unreadable.clear();
  const auto read = [&](std::uint64_t at, std::uint64_t count) {
    return read_all(file.descriptor(), to.memory.get() + at, count, at);
  };
  for (std::uint64_t at = 0; at < size; at += chunk_bytes) {
    const auto end = std::min(at + chunk_bytes, size);
    if (read(at, end - at) == read_end::whole)
      continue;
    for (auto page = at; page < end; page += page_bytes) {
      const auto count = std::min(page_bytes, end - page);
      if (read(page, count) == read_end::whole)
        continue;
      std::memset(to.memory.get() + page, 0, count);
      auto& lost = to.unreadable;
      if (!lost.empty() && lost.back().first + lost.back().second == page)
        lost.back().second += count;
      else
        lost.emplace_back(page, count);
    }
  }
}

} // namespace parseflow::db
