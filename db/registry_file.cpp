#include "db/registry_file.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "messages/registry/copy_text.hpp"

namespace parseflow::db {

namespace {

std::filesystem::path registry_path(const std::string& folder) {
  return std::filesystem::path{folder} / "registry";
}

// True if all of it is on disk. Sets errno otherwise.
bool write_durably(const std::filesystem::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  std::size_t written = 0;
  while (written < text.size()) {
    const auto count = ::write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR)
      break;
    written += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  const bool is_whole = written == text.size() && ::fsync(file) == 0;
  const int reason = errno;
  ::close(file);
  errno = reason;
  return is_whole;
}

void sync_folder(const std::string& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0)
    return;
  ::fsync(opened);
  ::close(opened);
}

} // namespace

std::optional<registry_copy> read_registry_file(const std::string& folder) {
  std::ifstream file{registry_path(folder), std::ios::binary};
  if (!file)
    return std::nullopt;
  return copy_in(std::string{std::istreambuf_iterator<char>{file}, {}});
}

expected<> save_registry_file(const std::string& folder, const registry_copy& copy) {
  const auto path = registry_path(folder);
  const auto fresh = path.string() + ".new";
  if (!write_durably(fresh, copy_text(copy)) || std::rename(fresh.c_str(), path.c_str()) != 0)
    return problem{fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno))};
  sync_folder(folder);
  return {};
}

} // namespace parseflow::db
