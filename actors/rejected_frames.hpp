// The command `parseflow rejected`: what the database refused is told, and given to it again.
#pragma once

#include <string>

#include "db/store.hpp"
#include "messages/rollup/builder.hpp"

namespace parseflow {

/// What the command prints, and why it failed; empty if it did not.
struct rejected_report {
  std::string text;
  std::string problem;
};

/// How many frames are set aside, by app and reason. Precondition: the store is open.
rejected_report list_rejected(db::store& store);

/// Parses every frame that is set aside and stores it: a frame that is stored is set aside no more, in the
/// same transaction, so that nothing is stored twice however often this is begun. What is refused again
/// stays. Precondition: the store is open.
rejected_report retry_rejected(db::store& store, const rollup::country_lookup& countries);

} // namespace parseflow
