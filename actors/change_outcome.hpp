// What came of a change of the registry.
#pragma once

#include "db/store.hpp"
#include "messages/expected.hpp"

namespace parseflow::actors {

/// The change was stored if `stored` is `done` and there is no refusal.
struct change_outcome {
  db::result stored;
  expected<> refusal;

  /// The reason why it was not stored.
  expected<> done() const {
    if (stored.code != db::outcome::done)
      return problem{stored.message};
    return refusal;
  }
};

} // namespace parseflow::actors
