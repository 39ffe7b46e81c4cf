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

namespace parseflow::db {

namespace {

struct totals {
  std::size_t segments = 0, records = 0;
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
  const auto generation = decode_segment_header(bytes);
  if (!generation) {
    out += fmt::format("{}  spare\n", path.filename().string());
    return;
  }
  std::string lines;
  std::size_t records = 0, at = segment_header_bytes, end = at;
  std::uint64_t body_bytes = 0, damaged = 0;
  while (const auto whole = find_record(bytes, at, *generation)) {
    if (*whole > end) {
      damaged += *whole - end;
      if (with_records)
        lines += fmt::format("  {:>10}  damage, {} bytes\n", end, *whole - end);
    }
    const auto record = decode_record(bytes.substr(*whole), *generation, false);
    if (!record) {
      at = *whole + 8;
      continue;
    }
    const auto& frame = record->content;
    if (with_records)
      lines += fmt::format("  {:>10}  {}  {}  {}  {}  {} bytes\n", *whole, time_text(frame.received_at),
                           printable(frame.app), printable(frame.key.drain), printable(frame.key.id),
                           record->body_bytes);
    ++records;
    body_bytes += record->body_bytes;
    at = end = *whole + record->size;
  }
  out += fmt::format("{}  generation {}  {} frames  {} body bytes  {} of {} bytes used{}\n",
                     path.filename().string(), *generation, records, body_bytes, end, bytes.size(),
                     damaged > 0 ? fmt::format("  {} damaged", damaged) : "");
  out += lines;
  ++sum.segments;
  sum.records += records;
  sum.body_bytes += body_bytes;
  sum.damaged_bytes += damaged;
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
  report.text += fmt::format("{} segments, {} frames, {} body bytes, {} damaged bytes\n", sum.segments,
                             sum.records, sum.body_bytes, sum.damaged_bytes);
  return report;
}

} // namespace parseflow::db
