// Walks the segments as recovery does, and tells what it meets.
#include "db/journal/inspect.hpp"

#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "db/journal/mapped_file.hpp"
#include "db/journal/record.hpp"
#include "db/journal/segment_walk.hpp"

namespace parseflow::db {

namespace {

struct totals {
  std::size_t segments = 0, records = 0, torn_records = 0;
  std::uint64_t body_bytes = 0, damaged_bytes = 0;
};

std::string time_text(timestamp at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(
                                                  std::chrono::floor<std::chrono::seconds>(at))));
}

// Keys are a sender's bytes: no control character reaches the terminal.
std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return result;
}

void inspect_segment(const std::filesystem::path& path, std::string_view bytes, bool with_records,
                     std::string& out, totals& sum) {
  const auto contents = walk_segment(bytes);
  std::uint64_t body_bytes = 0, damaged = 0;
  std::string lines;
  auto range = contents.damage.begin();
  const auto tell_damage_before = [&](std::size_t at) {
    for (; range != contents.damage.end() && range->at < at; ++range) {
      damaged += range->size;
      if (with_records)
        lines += fmt::format("  {:>10}  damage, {} bytes\n", range->at, range->size);
    }
  };
  for (const auto& [at, record] : contents.records) {
    tell_damage_before(at);
    const auto& frame = record.content;
    if (with_records)
      lines += fmt::format("  {:>10}  {}  {}  {}  {}  {} bytes\n", at, time_text(frame.received_at),
                           printable(frame.app), printable(frame.key.drain), printable(frame.key.id),
                           record.body_bytes);
    body_bytes += record.body_bytes;
  }
  tell_damage_before(bytes.size());
  sum.damaged_bytes += damaged;
  const auto damage_text = damaged > 0 ? fmt::format("  {} damaged", damaged) : std::string{};
  if (!contents.generation) {
    out += fmt::format("{}  spare{}\n{}", path.filename().string(), damage_text, lines);
    return;
  }
  const auto torn_text =
      contents.torn_records > 0 ? fmt::format("  {} torn", contents.torn_records) : std::string{};
  const auto records = contents.records.size();
  out += fmt::format("{}  generation {}  {} frames  {} body bytes  {} of {} bytes used{}{}\n",
                     path.filename().string(), *contents.generation, records, body_bytes, contents.used,
                     bytes.size(), damage_text, torn_text);
  out += lines;
  ++sum.segments;
  sum.records += records;
  sum.body_bytes += body_bytes;
  sum.torn_records += contents.torn_records;
}

} // namespace

journal_report inspect_journal(const std::filesystem::path& directory, bool with_records) {
  journal_report report;
  std::vector<std::filesystem::path> paths;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator{directory, problem})
    if (entry.path().extension() == segment_extension)
      paths.push_back(entry.path());
  if (problem) {
    report.problem =
        fmt::format("cannot read the journal's folder {}: {}", directory.string(), problem.message());
    return report;
  }
  std::sort(paths.begin(), paths.end());
  totals sum;
  for (const auto& path : paths) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat facts {};
    if (file < 0 || ::fstat(file, &facts) != 0) {
      report.text += fmt::format("{}  cannot be read\n", path.filename().string());
    } else {
      const mapped_file bytes{file, static_cast<std::size_t>(facts.st_size)};
      inspect_segment(path, bytes.view(), with_records, report.text, sum);
    }
    if (file >= 0)
      ::close(file);
  }
  report.text += fmt::format("{} segments, {} frames, {} body bytes, {} damaged bytes, {} torn frames\n",
                             sum.segments, sum.records, sum.body_bytes, sum.damaged_bytes, sum.torn_records);
  return report;
}

} // namespace parseflow::db
