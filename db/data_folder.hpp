// What lies where in the data folder, and that it is its owner's alone.
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

/// Makes `storage.directory` if it is missing. Takes from others what an older version let them read: its
/// files, and the folder itself if nothing else is in it. A sentence if it cannot be made.
std::optional<std::string> make_data_folder(const storage_settings& storage);

/// Why no journal can be found in the folder that the settings name; nothing if there is one. Makes nothing.
std::optional<std::string> missing_journal(const settings& values);

/// Why there is no SQLite file where the settings name one; nothing if there is one, or another kind of
/// database. Makes nothing.
std::optional<std::string> missing_database(const storage_settings& storage);

} // namespace parseflow::db
