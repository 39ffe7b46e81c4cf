// `parseflow journal`: reports what the journal's files hold. Only reads, so it may run while the
// service runs.
#pragma once

#include <filesystem>
#include <string>

#include "messages/expected.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::db {

/// One line per segment, each followed by one per record if `with_records` is set, and a summary. Fails if
/// the folder cannot be read.
expected<std::string> inspect_journal(const std::filesystem::path& directory, bool with_records);

/// The command: inspects the journal of the settings. Fails also if their folder holds none.
expected<std::string> inspect_journal(const settings& values, bool with_records);

} // namespace parseflow::db
