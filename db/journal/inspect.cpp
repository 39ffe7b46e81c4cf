#include "db/journal/inspect.hpp"

#include <algorithm>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "db/data_folder.hpp"
#include "db/journal/record.hpp"
#include "db/journal/segment_file.hpp"
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

// Keys come from the sender: keep control characters away from the terminal.
std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return result;
}

std::string_view text_of(segment_state state) {
  switch (state) {
  case segment_state::stored:
    return "stored";
  case segment_state::spare:
    return "spare";
  case segment_state::live:
    break;
  }
  return "live";
}

void inspect_segment(const segment_file& file, file_bytes& memory, bool with_records, std::string& out,
                     totals& sum) {
  const auto says = file.read_header();
  const auto name = file.path().filename().string();
  if (says.has_unknown_format) {
    out += fmt::format("{}  of a newer version\n", name);
    return;
  }
  if (says.header && says.header->state == segment_state::spare) {
    out += fmt::format("{}  {}\n", name, text_of(says.header->state));
    return;
  }
  read_whole(file, memory);
  if (!says.header) {
    const bool is_new = is_all_zeros(memory);
    sum.damaged_bytes += is_new ? 0 : file.bytes();
    out +=
        is_new ? fmt::format("{}  new\n", name) : fmt::format("{}  damaged, {} bytes\n", name, file.bytes());
    return;
  }
  const auto contents = walk_segment(memory, says);
  std::uint64_t body_bytes = 0, damaged = 0;
  std::string lines;
  auto range = contents.damage.begin();
  const auto report_damage_before = [&](std::size_t at) {
    for (; range != contents.damage.end() && range->at < at; ++range) {
      damaged += range->size;
      if (with_records)
        lines += fmt::format("  {:>10}  damage, {} bytes\n", range->at, range->size);
    }
  };
  for (const auto& [at, record] : contents.records) {
    report_damage_before(at);
    const auto& frame = record.content;
    if (with_records)
      lines += fmt::format("  {:>10}  {}  {}  {}  {}  {} bytes\n", at, time_text(frame.received_at),
                           printable(frame.app), printable(frame.key.drain), printable(frame.key.id),
                           record.body_bytes);
    body_bytes += record.body_bytes;
  }
  report_damage_before(memory.bytes.size());
  sum.damaged_bytes += damaged;
  const auto damage_text = damaged > 0 ? fmt::format("  {} damaged", damaged) : std::string{};
  const auto torn_text =
      contents.torn_records > 0 ? fmt::format("  {} torn", contents.torn_records) : std::string{};
  const auto records = contents.records.size();
  out += fmt::format("{}  {}  generation {}  {} frames  {} body bytes  {} of {} bytes used{}{}\n", name,
                     text_of(says.header->state), says.header->generation, records, body_bytes, contents.used,
                     memory.bytes.size(), damage_text, torn_text);
  out += lines;
  ++sum.segments;
  sum.records += records;
  sum.body_bytes += body_bytes;
  sum.torn_records += contents.torn_records;
}

} // namespace

expected<std::string> inspect_journal(const std::filesystem::path& directory, bool with_records) {
  std::vector<std::filesystem::path> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator{directory, failed})
    if (entry.path().extension() == segment_extension)
      paths.push_back(entry.path());
  if (failed)
    return problem{
        fmt::format("cannot read the journal's folder {}: {}", directory.string(), failed.message())};
  std::sort(paths.begin(), paths.end());
  std::string report;
  totals sum;
  file_bytes memory;
  for (const auto& path : paths) {
    segment_file file;
    if (file.open(path, false))
      inspect_segment(file, memory, with_records, report, sum);
    else
      report += fmt::format("{}  {}\n", path.filename().string(), system_error("open", path).sentence);
  }
  report += fmt::format("{} segments, {} frames, {} body bytes, {} damaged bytes, {} torn frames\n",
                        sum.segments, sum.records, sum.body_bytes, sum.damaged_bytes, sum.torn_records);
  return report;
}

expected<std::string> inspect_journal(const settings& values, bool with_records) {
  if (auto there = require_journal(values); !there)
    return there.error();
  return inspect_journal(journal_directory(values), with_records);
}

} // namespace parseflow::db
