#include "db/journal/journal.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <lz4.h>

#include "db/journal/record.hpp"

namespace parseflow::db {

namespace {

constexpr std::array<char, 8> zeros{};

std::string compressed(const std::string& body) {
  std::string out(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(body.size()))), '\0');
  const int size = LZ4_compress_default(body.data(), out.data(), static_cast<int>(body.size()),
                                        static_cast<int>(out.size()));
  out.resize(static_cast<std::size_t>(std::max(size, 0)));
  // Random bytes grow when compressed, so they are stored as they are.
  if (out.size() >= body.size())
    out.clear();
  return out;
}

} // namespace

journal::journal(std::filesystem::path directory, const journal_settings& settings,
                 std::size_t remembered_ids)
    : directory_(std::move(directory)), settings_(settings),
      ids_(directory_, settings.id_age, remembered_ids) {}

journal::~journal() {
  if (lock_file_ >= 0)
    ::close(lock_file_);
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
  auto& target = segments_.at(*active_);
  next.generation = *active_;
  next.offset = target.used;
  next.head = encode_record_head(*content, body, form, target.life);
  target.used += size;
  ++target.unreleased;
  target.oldest = std::min(target.oldest, content->received_at);
  unreleased_bytes_ += content->body.size();
  const journal_position at{next.generation, static_cast<std::uint32_t>(next.offset)};
  next.content = std::move(content);
  group_.push_back(std::move(next));
  return at;
}

result journal::make_room(timestamp now) {
  if (auto there = check_folder(); !there)
    return {outcome::retry, there.error().sentence};
  return has_room_for(refused_bytes_) ? result{} : start_segment(refused_bytes_, now);
}

bool journal::has_room_for(std::uint64_t record_bytes) const {
  if (!active_)
    return false;
  const auto& target = segments_.at(*active_);
  return target.used + record_bytes <= target.file.end_of_records();
}

result journal::commit() {
  const auto written = write_group();
  if (!written) {
    for (const auto& g : group_) {
      --segments_.at(g.generation).unreleased;
      unreleased_bytes_ -= g.content->body.size();
    }
    // How much of the group the kernel kept is unknown: nothing may be written after it.
    active_.reset();
  }
  group_.clear();
  return written ? result{} : result{outcome::retry, written.error().sentence};
}

expected<> journal::write_group() {
  if (group_.empty())
    return {};
  if (auto there = check_folder(); !there)
    return there;
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
    if (!target.file.has_name())
      return problem{
          fmt::format("{} was removed or replaced while it was in use", target.file.path().string())};
    if (!write_all(target.file.descriptor(), parts, begin) || !target.file.sync())
      return system_error("write", target.file.path());
  }
  return {};
}

// A deleted file still accepts frames, but the next start would not find them.
expected<> journal::check_folder() const {
  struct stat ours {
  }, named{};
  const auto path = directory_ / "lock";
  if (::fstat(lock_file_, &ours) == 0 && ::stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
      ours.st_dev == named.st_dev)
    return {};
  return problem{
      fmt::format("the journal's folder {} was removed or replaced while it was in use: what it held is "
                  "still being stored; then start the service again",
                  directory_.string())};
}

journal_reading journal::read(journal_position at) const {
  using ended = journal_reading::outcome;
  const auto found = segments_.find(at.generation);
  if (found == segments_.end())
    return {ended::damaged, nullptr};
  const auto& source = found->second.file;
  const auto failure = [](read_end end) -> journal_reading {
    return {end == read_end::failed ? ended::unreadable : ended::damaged, nullptr};
  };
  std::string bytes(record_header_bytes, '\0');
  if (const auto end = read_all(source.descriptor(), bytes.data(), bytes.size(), at.offset);
      end != read_end::whole)
    return failure(end);
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 4, sizeof length);
  if (at.offset + record_header_bytes + length > source.bytes())
    return {ended::damaged, nullptr};
  bytes.resize(record_header_bytes + length);
  if (const auto end = read_all(source.descriptor(), bytes.data() + record_header_bytes, length,
                                at.offset + record_header_bytes);
      end != read_end::whole)
    return failure(end);
  auto record = decode_record(bytes, found->second.life);
  if (!record)
    return {ended::damaged, nullptr};
  return {ended::whole, std::make_shared<const frame>(std::move(record->content))};
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
  owner.last_release = std::max(owner.last_release, now);
  recycle_if_unneeded(found, now);
}

std::filesystem::path journal::give_up(journal_position at, std::uint64_t body_bytes, timestamp now) {
  const auto found = segments_.find(at.generation);
  if (found == segments_.end())
    return {};
  auto& owner = found->second;
  if (!owner.is_aside)
    owner.file.keep_aside();
  owner.is_aside = true;
  --owner.unreleased;
  unreleased_bytes_ -= body_bytes;
  auto name = owner.file.aside_path();
  recycle_if_unneeded(found, now);
  return name;
}

std::uint64_t journal::disk_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [generation, s] : segments_)
    sum += s.file.bytes();
  for (const auto& s : spare_)
    sum += s.bytes();
  return sum;
}

} // namespace parseflow::db
