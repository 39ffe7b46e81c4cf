// Opens a journal: reads what an earlier run left in its files.
#include <algorithm>
#include <cstdlib>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "db/journal/journal.hpp"
#include "db/journal/record.hpp"
#include "db/journal/segment_walk.hpp"

namespace parseflow::db {

expected<journal::opened> journal::open(const std::filesystem::path& directory,
                                        const journal_settings& settings, std::size_t remembered_ids,
                                        timestamp now) {
  if (auto made = make_folder(directory); !made)
    return problem{
        fmt::format("the journal's folder {} cannot be used: {}", directory.string(), made.error().sentence)};
  opened result{.value = std::unique_ptr<journal>{new journal{directory, settings, remembered_ids}},
                .found = {}};
  if (auto locked = result.value->lock(); !locked)
    return locked.error();
  if (auto recovered = result.value->recover(result.found, now); !recovered)
    return recovered.error();
  return result;
}

expected<> journal::lock() {
  const auto path = directory_ / "lock";
  lock_file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_file_ < 0)
    return system_error("open", path);
  if (::flock(lock_file_, LOCK_EX | LOCK_NB) != 0)
    return problem{fmt::format(
        "the journal {} is in use by another process: stop it, or choose another storage.directory",
        directory_.string())};
  return {};
}

expected<> journal::recover(journal_recovery& found, timestamp now) {
  std::vector<std::filesystem::path> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator{directory_, failed}) {
    // The numbers of files that are kept aside count as well: their names must not be used again.
    next_file_ =
        std::max<std::uint64_t>(next_file_, std::strtoull(entry.path().filename().c_str(), nullptr, 10) + 1);
    if (entry.path().extension() == segment_extension)
      paths.push_back(entry.path());
  }
  if (failed)
    return problem{
        fmt::format("cannot read the journal's folder {}: {}", directory_.string(), failed.message())};
  std::sort(paths.begin(), paths.end());
  file_bytes memory;
  for (const auto& path : paths) {
    segment_file file;
    if (!file.open(path, true))
      return system_error("open", path);
    if (auto recovered = recover_file(std::move(file), memory, found, now); !recovered)
      return recovered;
  }
  std::sort(found.frames.begin(), found.frames.end(),
            [](const recovered_frame& a, const recovered_frame& b) { return a.at < b.at; });
  auto remembered = ids_.load(now);
  found.ids = std::move(remembered.ids);
  found.damaged_bytes += remembered.damaged_bytes;
  recycle_unneeded(now);
  return {};
}

expected<> journal::recover_file(segment_file file, file_bytes& memory, journal_recovery& found,
                                 timestamp now) {
  const auto says = file.read_header();
  if (says.has_unknown_format)
    return problem{
        fmt::format("{} was written by a newer version of ParseFlow: start that version, or move the file "
                    "away; what it holds is not in the database yet",
                    file.path().string())};
  if (!says.header)
    return recover_headless(std::move(file), memory, found);
  const auto& header = *says.header;
  next_generation_ = std::max(next_generation_, header.generation + 1);
  if (header.state == segment_state::spare)
    make_spare(std::move(file), header.generation);
  else if (header.state == segment_state::stored)
    recover_kept(std::move(file), header, now);
  else
    recover_records(std::move(file), says, memory, found);
  return {};
}

expected<> journal::recover_headless(segment_file file, file_bytes& memory, journal_recovery& found) {
  read_whole(file, memory);
  if (is_all_zeros(memory)) {
    make_spare(std::move(file), 0);
    return {};
  }
  ++found.damaged_places;
  found.damaged_bytes += file.bytes();
  found.files_aside.push_back({file.aside_path(), file.bytes()});
  return file.move_aside();
}

void journal::recover_kept(segment_file file, const segment_header& header, timestamp now) {
  segment kept;
  kept.is_aside = file.is_kept_aside();
  kept.file = std::move(file);
  kept.life = header.life;
  kept.oldest = header.oldest;
  kept.last_release = std::min(header.since, now); // the clock may have been set back
  kept.is_settled = true;
  segments_.emplace(free_generation(header.generation), std::move(kept));
}

void journal::recover_records(segment_file file, const segment_file::header_found& says, file_bytes& memory,
                              journal_recovery& found) {
  const auto life = says.header->life;
  if (std::any_of(segments_.begin(), segments_.end(),
                  [life](const auto& s) { return s.second.life == life; })) {
    make_spare(std::move(file), says.header->generation); // a copy
    return;
  }
  read_whole(file, memory);
  auto contents = walk_segment(memory, says);
  for (const auto& range : contents.damage)
    found.damaged_bytes += range.size;
  found.damaged_places += static_cast<std::uint32_t>(contents.damage.size());
  found.torn_records += contents.torn_records;
  if (contents.records.empty() && memory.unreadable.empty()) {
    make_spare(std::move(file), says.header->generation);
    return;
  }
  segment next;
  // The disk may return later what it does not return now.
  next.is_aside = file.is_kept_aside() || !memory.unreadable.empty();
  if (!memory.unreadable.empty()) {
    file.keep_aside();
    found.files_aside.push_back({file.aside_path(), file.bytes()});
  }
  next.life = life;
  next.is_first_format = says.header->is_first_format;
  next.file = std::move(file);
  const auto generation = free_generation(says.header->generation);
  for (auto& [at, record] : contents.records) {
    next.oldest = std::min(next.oldest, record.content.received_at);
    unreleased_bytes_ += record.body_bytes;
    ++next.unreleased;
    const auto digest = digest_of(record.content.key);
    found.frames.push_back(
        {{generation, static_cast<std::uint32_t>(at)}, digest, std::move(record.content), record.body_bytes});
  }
  segments_.emplace(generation, std::move(next));
}

// Two files may have the same number if somebody copied files together.
std::uint64_t journal::free_generation(std::uint64_t wanted) {
  return segments_.contains(wanted) ? next_generation_++ : wanted;
}

} // namespace parseflow::db
