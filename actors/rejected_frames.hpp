// The command `parseflow rejected`: lists the frames that the database refused, and stores them again.
#pragma once

#include <string>

#include "db/store.hpp"
#include "messages/rollup/builder.hpp"

namespace parseflow::actors {

/// The command's output, and why it failed; `problem` is empty if it did not.
struct rejected_report {
  std::string text;
  std::string problem;
};

/// Lists how many frames are set aside, by app and reason. Precondition: the store is open.
rejected_report list_rejected(db::store& store);

/// Parses and stores every frame that is set aside. The transaction that stores a frame also removes it from
/// the frames set aside, so no frame is stored twice however often the command runs. Frames that are refused
/// again stay. Precondition: the store is open.
rejected_report retry_rejected(db::store& store, const rollup::country_lookup& countries);

} // namespace parseflow::actors
