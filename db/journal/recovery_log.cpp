#include "db/journal/recovery_log.hpp"

#include "messages/service_log.hpp"

namespace parseflow::db {

void log_recovery(const journal_recovery& found) {
  if (!found.frames.empty())
    log(log_level::info, "journal", "frames of an earlier run found",
        {{"frames", std::to_string(found.frames.size())}});
  if (found.damaged_bytes > 0 || found.damaged_places > 0)
    log(log_level::error, "journal",
        "damage found and skipped: what was there and not yet in the database is lost",
        {{"bytes", std::to_string(found.damaged_bytes)}, {"places", std::to_string(found.damaged_places)}});
  for (const auto& file : found.files_aside)
    log(log_level::error, "journal",
        "a segment that cannot be read is kept aside; remove it when you do not need it for a repair",
        {{"file", file.path.string()}, {"bytes", std::to_string(file.bytes)}});
  if (found.torn_records > 0)
    log(log_level::warn, "journal",
        "frames at the end of a segment are incomplete: they were never acknowledged, unless the disk damaged them "
        "later",
        {{"frames", std::to_string(found.torn_records)}});
}

} // namespace parseflow::db
