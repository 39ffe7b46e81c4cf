#include "db/journal/id_files.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <compare>
#include <cstring>
#include <optional>
#include <string_view>
#include <tuple>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <xxhash.h>

#include "db/journal/files.hpp"

namespace parseflow::db {

namespace {

constexpr std::string_view prefix = "ids-";
constexpr std::string_view marker = "PFID";
constexpr std::size_t header_bytes = 16;
// No block is larger than a file, and each block is read in one piece.
constexpr std::size_t max_block_ids = (id_files::max_file_bytes - header_bytes) / sizeof(frame_digest);

std::int64_t hour_of(timestamp at) {
  return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

// The parts of a file's name; they compare by age.
struct file_name {
  std::int64_t hour = 0;
  std::uint32_t part = 0;

  auto operator<=>(const file_name&) const = default;
};

std::string text_of(const file_name& name) {
  return name.part == 0 ? fmt::format("{}{}", prefix, name.hour)
                        : fmt::format("{}{}.{}", prefix, name.hour, name.part);
}

// Nothing if the file is not an id file.
std::optional<file_name> name_from(const std::filesystem::path& file) {
  const auto text = file.filename().string();
  if (!text.starts_with(prefix))
    return std::nullopt;
  file_name result;
  const auto* const end = text.data() + text.size();
  auto parsed = std::from_chars(text.data() + prefix.size(), end, result.hour);
  if (parsed.ec == std::errc{} && parsed.ptr != end && *parsed.ptr == '.')
    parsed = std::from_chars(parsed.ptr + 1, end, result.part);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional{result} : std::nullopt;
}

struct id_file {
  file_name name;
  std::filesystem::path path;
  std::uint64_t bytes = 0;
};

std::vector<id_file> files_newest_first(const std::filesystem::path& directory) {
  std::vector<id_file> result;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{directory, ignored})
    if (const auto name = name_from(entry.path()))
      if (const auto bytes = entry.file_size(ignored); !ignored)
        result.push_back({*name, entry.path(), bytes});
  std::sort(result.begin(), result.end(), [](const id_file& a, const id_file& b) { return a.name > b.name; });
  return result;
}

// The last bytes of a file, at most `max_file_bytes`.
std::string end_of(const id_file& file) {
  const auto size = std::min(file.bytes, id_files::max_file_bytes);
  std::string bytes(size, '\0');
  const int opened = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0 || read_all(opened, bytes.data(), size, file.bytes - size) != read_end::whole)
    bytes.clear();
  if (opened >= 0)
    ::close(opened);
  return bytes;
}

// The ids of the block at the beginning of `bytes`; none if it is not whole.
std::vector<frame_digest> block_of(std::string_view bytes) {
  std::uint32_t count = 0;
  std::uint64_t sum = 0;
  if (bytes.size() < header_bytes || !bytes.starts_with(marker))
    return {};
  std::memcpy(&count, bytes.data() + 4, sizeof count);
  std::memcpy(&sum, bytes.data() + 8, sizeof sum);
  bytes.remove_prefix(header_bytes);
  const auto size = std::size_t{count} * sizeof(frame_digest);
  if (bytes.size() < size || XXH3_64bits(bytes.data(), size) != sum)
    return {};
  std::vector<frame_digest> ids(count);
  if (count > 0)
    std::memcpy(ids.data(), bytes.data(), size);
  return ids;
}

} // namespace

expected<> id_files::append(std::span<const frame_digest> ids, timestamp now) {
  while (!ids.empty()) {
    const auto block = ids.first(std::min(ids.size(), max_block_ids));
    if (auto appended = append_block(block, now); !appended)
      return appended;
    ids = ids.subspan(block.size());
  }
  drop_unneeded(now);
  return {};
}

expected<> id_files::append_block(std::span<const frame_digest> ids, timestamp now) {
  std::string block{marker};
  const auto count = static_cast<std::uint32_t>(ids.size());
  const auto sum = XXH3_64bits(ids.data(), ids.size_bytes());
  block.append(reinterpret_cast<const char*>(&count), sizeof count);
  block.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  block.append(reinterpret_cast<const char*>(ids.data()), ids.size_bytes());

  // The name must not sort before that of the newest file, even if the clock was set back.
  file_name name{hour_of(now), 0};
  if (const auto present = files_newest_first(directory_); !present.empty() && present[0].name >= name) {
    name = present[0].name;
    if (present[0].bytes + block.size() > max_file_bytes)
      ++name.part;
  }
  const auto path = directory_ / text_of(name);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const auto end = file >= 0 ? ::lseek(file, 0, SEEK_END) : -1;
  const bool written = end >= 0 &&
                       ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
                       ::fdatasync(file) == 0;
  expected<> result;
  if (!written)
    result = system_error("write", path);
  else if (end == 0)
    result = sync_folder(directory_);
  // A full disk may have taken part of the block, which the next start would report as damage.
  if (!result && end >= 0)
    std::ignore = ::ftruncate(file, end);
  if (file >= 0)
    ::close(file);
  return result;
}

remembered_ids id_files::load(timestamp now) {
  drop_unneeded(now);
  remembered_ids result;
  std::vector<std::vector<frame_digest>> by_file;
  std::size_t count = 0;
  for (const auto& file : files_newest_first(directory_)) {
    if (count >= limit_)
      break;
    const auto bytes = end_of(file);
    result.read_bytes += bytes.size();
    if (bytes.empty())
      result.damaged_bytes += file.bytes;
    std::vector<frame_digest> ids;
    // If only the end of the file was read, the bytes before the first block are not damage.
    bool is_cut = bytes.size() < file.bytes;
    for (std::size_t at = 0; at < bytes.size();) {
      const auto block = block_of(std::string_view{bytes}.substr(at));
      if (block.empty()) {
        const auto next = std::min(bytes.find(marker, at + 1), bytes.size());
        result.damaged_bytes += is_cut ? 0 : next - at;
        at = next;
        continue;
      }
      is_cut = false;
      ids.insert(ids.end(), block.begin(), block.end());
      at += header_bytes + block.size() * sizeof(frame_digest);
    }
    count += ids.size();
    by_file.push_back(std::move(ids));
  }
  result.ids.reserve(count);
  std::reverse(by_file.begin(), by_file.end());
  for (const auto& ids : by_file)
    result.ids.insert(result.ids.end(), ids.begin(), ids.end());
  return result;
}

void id_files::drop_unneeded(timestamp now) {
  std::error_code ignored;
  std::uint64_t newer = 0;
  for (const auto& file : files_newest_first(directory_)) {
    // A file is named after the hour of its first ids; its last ids may have come up to an hour later.
    const bool is_old = file.name.hour + age_.count() + 1 < hour_of(now);
    if (is_old || newer >= limit_)
      std::filesystem::remove(file.path, ignored);
    newer += std::min(file.bytes, max_file_bytes) / (header_bytes + sizeof(frame_digest)); // a lower bound
  }
}

} // namespace parseflow::db
