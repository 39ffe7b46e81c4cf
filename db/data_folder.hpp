// Where the files of the data folder are. Only the folder's owner can read them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "messages/settings/settings.hpp"

namespace parseflow::db {

/// `journal.directory`, else `journal` in `storage.directory`.
std::filesystem::path journal_directory(const settings& values);

/// The path of the SQLite file; nothing if the settings name another database.
std::optional<std::string> sqlite_path(const storage_settings& storage);

/// Creates `storage.directory` if it is missing. Removes permissions that an older version gave to group and
/// others: those of its files, and those of the folder if it holds nothing else. Returns a sentence if the
/// folder cannot be created.
std::optional<std::string> make_data_folder(const storage_settings& storage);

/// Why the folder that the settings name holds no journal; nothing if it holds one. Creates no files.
std::optional<std::string> missing_journal(const settings& values);

/// Why the SQLite file that the settings name is missing; nothing if it is there, or if the database is of
/// another kind. Creates no files.
std::optional<std::string> missing_database(const storage_settings& storage);

} // namespace parseflow::db
