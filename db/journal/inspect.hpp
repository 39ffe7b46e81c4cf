// `parseflow journal`: reports what the journal's files hold. Only reads, so it may run while the
// service runs.
#pragma once

#include <filesystem>
#include <string>

namespace parseflow::db {

/// `text` has one line per segment, each followed by one per record if `with_records` is set, and a summary.
/// `problem` is a sentence if the folder cannot be read.
struct journal_report {
  std::string text;
  std::string problem;
};
journal_report inspect_journal(const std::filesystem::path& directory, bool with_records);

} // namespace parseflow::db
