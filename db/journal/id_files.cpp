// Reading, appending and dropping the id files.
#include "db/journal/id_files.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <xxhash.h>

namespace parseflow::db {

namespace {

constexpr std::string_view prefix = "ids-";
constexpr std::string_view marker = "PFID";
constexpr std::size_t header_bytes = 16;

std::int64_t hour_of(timestamp at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

// The hour a file is named after; nothing for other files.
std::optional<std::int64_t> hour_named(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  if (name.rfind(prefix, 0) != 0)
    return std::nullopt;
  std::int64_t hour = 0;
  const auto* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + prefix.size(), end, hour);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return std::nullopt;
  return hour;
}

std::vector<std::pair<std::int64_t, std::filesystem::path>>
files_by_age(const std::filesystem::path& directory) {
  std::vector<std::pair<std::int64_t, std::filesystem::path>> result;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{directory, ignored})
    if (const auto hour = hour_named(entry.path()))
      result.emplace_back(*hour, entry.path());
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace

std::optional<std::string> id_files::append(std::span<const frame_digest> ids, timestamp now) {
  drop_old(now);
  if (ids.empty())
    return std::nullopt;
  const auto path = directory_ / fmt::format("{}{}", prefix, hour_of(now));
  std::string block{marker};
  const auto count = static_cast<std::uint32_t>(ids.size());
  const auto sum = XXH3_64bits(ids.data(), ids.size_bytes());
  block.append(reinterpret_cast<const char*>(&count), sizeof count);
  block.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  block.append(reinterpret_cast<const char*>(ids.data()), ids.size_bytes());

  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const auto end = file >= 0 ? ::lseek(file, 0, SEEK_END) : -1;
  const bool written = end >= 0 &&
                       ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
                       ::fdatasync(file) == 0;
  const int error = errno;
  // A full disk takes a part of the block: the next start would call it damage.
  if (!written && end >= 0)
    std::ignore = ::ftruncate(file, end);
  if (file >= 0)
    ::close(file);
  if (written)
    return std::nullopt;
  return fmt::format("cannot write {}: {}", path.string(), std::strerror(error));
}

std::size_t id_files::load(timestamp now, const std::function<void(const frame_digest&)>& take) {
  drop_old(now);
  std::size_t damaged = 0;
  for (const auto& [hour, path] : files_by_age(directory_)) {
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    std::size_t at = 0;
    while (at < bytes.size()) {
      std::uint32_t count = 0;
      std::uint64_t sum = 0;
      if (bytes.size() - at >= header_bytes && bytes.compare(at, marker.size(), marker) == 0) {
        std::memcpy(&count, bytes.data() + at + 4, sizeof count);
        std::memcpy(&sum, bytes.data() + at + 8, sizeof sum);
      }
      const std::size_t size = std::size_t{count} * sizeof(frame_digest);
      const char* ids = bytes.data() + at + header_bytes;
      if (count == 0 || bytes.size() - at - header_bytes < size || XXH3_64bits(ids, size) != sum) {
        const auto next = bytes.find(marker, at + 1);
        damaged += (next == std::string::npos ? bytes.size() : next) - at;
        at = next == std::string::npos ? bytes.size() : next;
        continue;
      }
      for (std::uint32_t i = 0; i < count; ++i) {
        frame_digest id;
        std::memcpy(&id, ids + i * sizeof id, sizeof id);
        take(id);
      }
      at += header_bytes + size;
    }
  }
  return damaged;
}

void id_files::drop_old(timestamp now) {
  std::error_code ignored;
  for (const auto& [hour, path] : files_by_age(directory_))
    // The hour a file is named after is when its first ids were written; the last came an hour later.
    if (hour + age_.count() + 1 < hour_of(now))
      std::filesystem::remove(path, ignored);
}

} // namespace parseflow::db
