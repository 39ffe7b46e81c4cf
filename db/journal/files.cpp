#include "db/journal/files.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace parseflow::db {

problem system_error(std::string_view what, const std::filesystem::path& path) {
  return {fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno))};
}

expected<> sync_folder(const std::filesystem::path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0)
    return system_error("open", folder);
  // EINVAL: the file system makes names durable without a sync.
  const bool synced = ::fsync(opened) == 0 || errno == EINVAL;
  auto result = synced ? expected<>{} : system_error("sync", folder);
  ::close(opened);
  return result;
}

expected<> make_folder(const std::filesystem::path& folder) {
  std::error_code unknown;
  if (std::filesystem::is_directory(folder, unknown))
    return {};
  const auto parent = folder.parent_path().empty() ? std::filesystem::path{"."} : folder.parent_path();
  if (folder.has_filename() && folder.has_parent_path())
    if (auto made = make_folder(parent); !made)
      return made;
  if (folder.has_filename() && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error("make the folder", folder);
  return sync_folder(parent);
}

iovec part_of(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

bool write_all(int file, std::vector<iovec>& parts, std::uint64_t offset) {
  std::size_t first = 0;
  while (first < parts.size()) {
    const int count = static_cast<int>(std::min<std::size_t>(parts.size() - first, IOV_MAX));
    ssize_t written = ::pwritev(file, parts.data() + first, count, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    offset += static_cast<std::uint64_t>(written);
    while (first < parts.size() && static_cast<std::size_t>(written) >= parts[first].iov_len)
      written -= static_cast<ssize_t>(parts[first++].iov_len);
    if (written > 0) {
      parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + written;
      parts[first].iov_len -= static_cast<std::size_t>(written);
    }
  }
  return true;
}

read_end read_all(int file, char* to, std::size_t size, std::uint64_t offset) {
  while (size > 0) {
    const auto got = ::pread(file, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got < 0 ? read_end::failed : read_end::too_short;
    to += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return read_end::whole;
}

} // namespace parseflow::db
