// `parseflow journal`: what the journal's files hold, for people. Reads only, also while the service runs.
#pragma once

#include <filesystem>
#include <string>

namespace parseflow::db {

/// One line per segment, with `with_records` one per record behind it, and a summary. A sentence in `problem`
/// if the folder cannot be read.
struct journal_report {
  std::string text;
  std::string problem;
};
journal_report inspect_journal(const std::filesystem::path& directory, bool with_records);

} // namespace parseflow::db
