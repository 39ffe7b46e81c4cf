// ARCHIVE: reads the counts of other nodes from a shared database.
#pragma once

#include <memory>

#include "actors/box.hpp"
#include "db/store.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::actors {

/// Spawn detached: it blocks on the database, for seconds if that holds months of rollups. It has its own
/// store, so that the DB writer does not wait for it. If the database is away, the next question tries again.
class archive : public box_state<archive_actor> {
public:
  static constexpr const char* box_name = "archive";

  archive(self_pointer self, std::unique_ptr<db::store> store);

  behavior_type make_behavior();

private:
  caf::result<archived_counts> answer(archive_query& question);

  std::unique_ptr<db::store> store_;
};

} // namespace parseflow::actors
