// Segment files: making, filling, reading, recycling.
#include "db/journal/journal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <fmt/format.h>
#include <lz4.h>

#include "db/journal/mapped_file.hpp"
#include "db/journal/record.hpp"
#include "db/journal/segment_walk.hpp"

namespace parseflow::db {

namespace {

// Recycled files kept for reuse; more only cost disk.
constexpr std::size_t max_spare = 4;
constexpr std::array<char, 8> zeros{};

std::string system_error(std::string_view what, const std::filesystem::path& path) {
  return fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno));
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

iovec part_of(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

std::string compressed(const std::string& body) {
  std::string out(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(body.size()))), '\0');
  const int size = LZ4_compress_default(body.data(), out.data(), static_cast<int>(body.size()),
                                        static_cast<int>(out.size()));
  out.resize(static_cast<std::size_t>(std::max(size, 0)));
  // Random bytes grow: they stay as they are.
  if (out.size() >= body.size())
    out.clear();
  return out;
}

} // namespace

journal::journal(std::filesystem::path directory, const journal_settings& settings)
    : directory_(std::move(directory)), settings_(settings), ids_(directory_, settings.id_age) {}

journal::~journal() {
  for (const auto& [generation, s] : segments_)
    ::close(s.file);
  for (const auto& s : spare_)
    ::close(s.file);
  if (lock_file_ >= 0)
    ::close(lock_file_);
}

journal::opened journal::open(const std::filesystem::path& directory, const journal_settings& settings,
                              timestamp now) {
  opened result;
  std::error_code problem;
  std::filesystem::create_directories(directory, problem);
  if (problem) {
    result.problem =
        fmt::format("cannot make the journal's folder {}: {}", directory.string(), problem.message());
    return result;
  }
  std::unique_ptr<journal> made{new journal{directory, settings}};
  if (auto refused = made->lock()) {
    result.problem = *refused;
    return result;
  }
  if (auto refused = made->recover(result.found, now)) {
    result.problem = *refused;
    return result;
  }
  result.value = std::move(made);
  return result;
}

std::optional<std::string> journal::lock() {
  const auto path = directory_ / "lock";
  lock_file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_file_ < 0)
    return system_error("open", path);
  if (::flock(lock_file_, LOCK_EX | LOCK_NB) != 0)
    return fmt::format(
        "the journal {} is in use by another process: stop it, or choose another storage.directory",
        directory_.string());
  return std::nullopt;
}

std::optional<std::string> journal::recover(journal_recovery& found, timestamp now) {
  std::vector<std::filesystem::path> paths;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator{directory_, problem})
    if (entry.path().extension() == segment_extension)
      paths.push_back(entry.path());
  if (problem)
    return fmt::format("cannot read the journal's folder {}: {}", directory_.string(), problem.message());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    recover_segment(path, found);
    next_file_ = std::max<std::uint64_t>(next_file_, std::strtoull(path.stem().c_str(), nullptr, 10) + 1);
  }
  std::sort(found.frames.begin(), found.frames.end(),
            [](const recovered_frame& a, const recovered_frame& b) { return a.at < b.at; });
  found.damaged_bytes += ids_.load(now, [&](const frame_digest& id) { found.ids.push_back(id); });
  return std::nullopt;
}

void journal::recover_segment(const std::filesystem::path& path, journal_recovery& found) {
  segment next;
  next.path = path;
  next.file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat facts {};
  if (next.file < 0 || ::fstat(next.file, &facts) != 0) {
    ++found.damaged_places;
    if (next.file >= 0)
      ::close(next.file);
    return;
  }
  next.capacity = static_cast<std::uint64_t>(facts.st_size);
  const mapped_file mapping{next.file, next.capacity};
  auto contents = walk_segment(mapping.view());
  const auto generation = contents.generation;
  if (generation && segments_.contains(*generation)) { // a copy
    spare_.push_back(std::move(next));
    return;
  }
  for (const auto& range : contents.damage)
    found.damaged_bytes += range.size;
  found.damaged_places += static_cast<std::uint32_t>(contents.damage.size());
  found.torn_records += contents.torn_records;
  if (!generation) {
    // New, and its first group never became durable, or nothing of it is left.
    spare_.push_back(std::move(next));
    return;
  }
  for (auto& [at, record] : contents.records) {
    const auto digest = digest_of(record.content.key);
    found.frames.push_back({{*generation, static_cast<std::uint32_t>(at)},
                            digest,
                            std::move(record.content),
                            record.body_bytes});
    unreleased_bytes_ += record.body_bytes;
    ++next.unreleased;
  }
  next.used = contents.used;
  next_generation_ = std::max(next_generation_, *generation + 1);
  segments_.emplace(*generation, std::move(next));
}

std::optional<journal_position> journal::append(frame_ptr content) {
  grouped next;
  if (settings_.compress)
    next.compressed = compressed(content->body);
  const std::string_view body = next.compressed.empty() ? content->body : next.compressed;
  const auto form = next.compressed.empty() ? body_form::plain : body_form::lz4;
  const auto head_bytes = record_header_bytes + payload_fixed_bytes + content->key.drain.size() +
                          content->key.id.size() + content->app.size();
  const auto size = padded_size(head_bytes, body.size());
  if (!has_room_for(size) && start_segment(size, content->received_at).code != outcome::done) {
    refused_bytes_ = size;
    return std::nullopt;
  }
  auto& [generation, target] = *segments_.rbegin();
  next.generation = generation;
  next.offset = target.used;
  next.head = encode_record_head(*content, body, form, generation);
  target.used += size;
  ++target.unreleased;
  unreleased_bytes_ += content->body.size();
  const journal_position at{generation, static_cast<std::uint32_t>(next.offset)};
  next.content = std::move(content);
  group_.push_back(std::move(next));
  return at;
}

result journal::make_room(timestamp now) {
  return has_room_for(refused_bytes_) ? result{} : start_segment(refused_bytes_, now);
}

bool journal::has_room_for(std::uint64_t record_bytes) const {
  return !sealed_ && segments_.rbegin()->second.used + record_bytes <= segments_.rbegin()->second.capacity;
}

result journal::start_segment(std::uint64_t record_bytes, timestamp now) {
  retire_unneeded(now);
  const auto generation = next_generation_;
  const auto wanted = std::max(segment_header_bytes + record_bytes, settings_.segment_bytes);
  const auto reusable =
      std::find_if(spare_.begin(), spare_.end(), [wanted](const segment& s) { return s.capacity >= wanted; });
  segment fresh;
  if (reusable != spare_.end()) {
    fresh = std::move(*reusable);
    spare_.erase(reusable);
  } else if (auto made = make_file(fresh, wanted); made.code != outcome::done) {
    return made;
  }
  const auto header = encode_segment_header(generation);
  std::vector<iovec> parts{part_of(header)};
  if (!write_all(fresh.file, parts, 0)) { // durable with the first group
    const auto problem = system_error("write", fresh.path);
    spare_.push_back(std::move(fresh));
    return {outcome::retry, problem};
  }
  fresh.used = segment_header_bytes;
  fresh.unreleased = 0;
  fresh.released_ids.clear();
  segments_.emplace(generation, std::move(fresh));
  ++next_generation_;
  sealed_ = false;
  return {};
}

result journal::make_file(segment& fresh, std::uint64_t bytes) {
  if (disk_bytes() + bytes > settings_.quota_bytes)
    return {
        outcome::retry,
        fmt::format("the {} bytes of journal.quota-bytes are used up by frames that wait for the database",
                    settings_.quota_bytes)};
  fresh.path = directory_ / fmt::format("{:08}{}", next_file_, segment_extension);
  fresh.file = ::open(fresh.path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fresh.file < 0)
    return {outcome::retry, system_error("make", fresh.path)};
  fresh.capacity = bytes;
  if (const int error = ::posix_fallocate(fresh.file, 0, static_cast<off_t>(bytes)); error != 0) {
    ::close(fresh.file);
    std::error_code ignored;
    std::filesystem::remove(fresh.path, ignored);
    return {outcome::retry, fmt::format("cannot allocate {} bytes for {}: {}", bytes, fresh.path.string(),
                                        std::strerror(error))};
  }
  // The file's name must survive a power cut as well as its bytes.
  const int folder = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  ++next_file_;
  return {};
}

result journal::commit() {
  std::string problem;
  const bool written = write_group(problem);
  if (!written) {
    for (const auto& g : group_) {
      --segments_.at(g.generation).unreleased;
      unreleased_bytes_ -= g.content->body.size();
    }
    // What the kernel kept of the group is unknown: nothing may be written behind it.
    sealed_ = true;
  }
  group_.clear();
  return written ? result{} : result{outcome::retry, problem};
}

bool journal::write_group(std::string& problem) {
  std::vector<iovec> parts;
  for (std::size_t first = 0; first < group_.size();) {
    const auto generation = group_[first].generation;
    const auto& target = segments_.at(generation);
    const auto begin = group_[first].offset;
    parts.clear();
    for (; first < group_.size() && group_[first].generation == generation; ++first) {
      const auto& g = group_[first];
      const std::string_view body = g.compressed.empty() ? g.content->body : g.compressed;
      parts.push_back(part_of(g.head));
      if (!body.empty())
        parts.push_back(part_of(body));
      const auto padding = padded_size(g.head.size(), body.size()) - g.head.size() - body.size();
      if (padding > 0)
        parts.push_back(part_of({zeros.data(), padding}));
    }
    if (!write_all(target.file, parts, begin) || ::fdatasync(target.file) != 0) {
      problem = system_error("write", target.path);
      return false;
    }
  }
  return true;
}

frame_ptr journal::read(journal_position at) const {
  const auto found = segments_.find(at.generation);
  if (found == segments_.end())
    return nullptr;
  const auto& source = found->second;
  std::string bytes(record_header_bytes, '\0');
  const auto fill = [&](std::size_t from) {
    while (from < bytes.size()) {
      const auto got = ::pread(source.file, bytes.data() + from, bytes.size() - from,
                               static_cast<off_t>(at.offset + from));
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return false;
      from += static_cast<std::size_t>(got);
    }
    return true;
  };
  if (!fill(0))
    return nullptr;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 4, sizeof length);
  if (at.offset + record_header_bytes + length > source.capacity)
    return nullptr;
  bytes.resize(record_header_bytes + length);
  if (!fill(record_header_bytes))
    return nullptr;
  auto record = decode_record(bytes, at.generation);
  if (!record)
    return nullptr;
  return std::make_shared<const frame>(std::move(record->content));
}

void journal::release(journal_position at, const frame_digest& digest, std::uint64_t body_bytes,
                      timestamp now) {
  const auto found = segments_.find(at.generation);
  if (found == segments_.end())
    return;
  auto& owner = found->second;
  --owner.unreleased;
  unreleased_bytes_ -= body_bytes;
  owner.released_ids.push_back(digest);
  const bool is_active = !sealed_ && at.generation == segments_.rbegin()->first;
  if (owner.unreleased == 0 && !is_active)
    retire(at.generation, now);
}

void journal::retire_unneeded(timestamp now) {
  std::vector<std::uint64_t> unneeded;
  for (const auto& [generation, s] : segments_)
    if (s.unreleased == 0)
      unneeded.push_back(generation);
  for (const auto generation : unneeded)
    retire(generation, now);
}

void journal::retire(std::uint64_t generation, timestamp now) {
  auto& old = segments_.at(generation);
  // Without its ids on disk the segment must stay: the next release tries again.
  if (ids_.append(old.released_ids, now))
    return;
  old.released_ids.clear();
  if (spare_.size() < max_spare && old.capacity == settings_.segment_bytes) {
    spare_.push_back(std::move(old));
  } else {
    ::close(old.file);
    std::error_code ignored;
    std::filesystem::remove(old.path, ignored);
  }
  segments_.erase(generation);
}

std::uint64_t journal::disk_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [generation, s] : segments_)
    sum += s.capacity;
  for (const auto& s : spare_)
    sum += s.capacity;
  return sum;
}

} // namespace parseflow::db
