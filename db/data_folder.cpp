#include "db/data_folder.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "db/journal/record.hpp"

namespace parseflow::db {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr const char* database_name = "parseflow.db";
constexpr const char* journal_name = "journal";
constexpr const char* registry_name = "registry";

// SQLite adds files with other endings: parseflow.db-wal, parseflow.db-shm.
bool is_own(const std::string& name) {
  return name == journal_name || name == registry_name || name.starts_with(database_name);
}

void keep_for_owner(const fs::path& path) {
  std::error_code ignored; // fails for files of another owner, which are not ours to change
  fs::permissions(path, fs::perms::group_all | fs::perms::others_all, fs::perm_options::remove, ignored);
}

bool is_of_journal(const fs::directory_entry& entry) {
  return entry.path().filename() == "lock" || entry.path().extension() == segment_extension;
}

} // namespace

fs::path journal_directory(const settings& values) {
  if (!values.journal.directory.empty())
    return values.journal.directory;
  return fs::path{values.storage.directory} / journal_name;
}

std::optional<std::string> sqlite_path(const storage_settings& storage) {
  const std::string& url = storage.url.reveal();
  if (url.empty())
    return storage.directory + "/" + database_name;
  if (url.starts_with(sqlite_scheme))
    return url.substr(sqlite_scheme.size());
  return std::nullopt;
}

expected<> make_data_folder(const storage_settings& storage) {
  std::error_code failed;
  fs::create_directories(storage.directory, failed);
  if (failed)
    return problem{fmt::format("cannot make the folder {} (storage.directory): {}", storage.directory,
                               failed.message())};
  // A folder that holds other people's files keeps its permissions.
  bool is_shared = false;
  for (const auto& entry : fs::directory_iterator{storage.directory, failed}) {
    if (is_own(entry.path().filename()))
      keep_for_owner(entry.path());
    else
      is_shared = true;
  }
  if (!is_shared)
    keep_for_owner(storage.directory);
  return {};
}

expected<> require_journal(const settings& values) {
  const auto folder = journal_directory(values);
  std::error_code failed;
  const fs::directory_iterator entries{folder, failed};
  if (failed && failed != std::errc::no_such_file_or_directory)
    return problem{fmt::format("cannot read the journal's folder {}: {}", folder.string(), failed.message())};
  if (std::any_of(fs::begin(entries), fs::end(entries), is_of_journal))
    return {};
  return problem{fmt::format("there is no journal in {}: check storage.directory and journal.directory",
                             folder.string())};
}

expected<> require_database(const storage_settings& storage) {
  const auto path = sqlite_path(storage);
  std::error_code ignored;
  if (!path || fs::exists(*path, ignored))
    return {};
  return problem{
      fmt::format("there is no database {}: check storage.directory and storage.url (DATABASE_URL); they "
                  "must be those that the service ran with",
                  *path)};
}

} // namespace parseflow::db
