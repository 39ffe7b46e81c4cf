// The command `parseflow rejected`: lists the frames that the database refused, and stores them again.
#pragma once

#include "actors/data_commands.hpp"
#include "db/store.hpp"
#include "messages/rollup/builder.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// The command: lists the frames that are set aside in the database of the settings, or stores them again.
command_report run_rejected(const settings& values, bool with_retry);

/// Lists how many frames are set aside, by app and reason. Precondition: the store is open.
command_report list_rejected(db::store& store);

/// Parses and stores every frame that is set aside. The transaction that stores a frame also removes it from
/// the frames set aside, so no frame is stored twice however often the command runs. Frames that are refused
/// again stay. Precondition: the store is open.
command_report retry_rejected(db::store& store, const rollup::country_lookup& countries);

} // namespace parseflow::actors
