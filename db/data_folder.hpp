// Where the files of the data folder are. Only the folder's owner can read them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "messages/expected.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::db {

/// `journal.directory`, else `journal` in `storage.directory`.
std::filesystem::path journal_directory(const settings& values);

/// The path of the SQLite file; nothing if the settings name another database.
std::optional<std::string> sqlite_path(const storage_settings& storage);

/// Creates `storage.directory` if it is missing. Removes permissions that an older version gave to group and
/// others: those of its files, and those of the folder if it holds nothing else. Fails if the folder cannot
/// be created.
expected<> make_data_folder(const storage_settings& storage);

/// Fails if the folder that the settings name holds no journal. Creates no files.
expected<> require_journal(const settings& values);

/// Fails if the settings name an SQLite file that is missing. Creates no files.
expected<> require_database(const storage_settings& storage);

} // namespace parseflow::db
