// ARCHIVE: reads from a shared database what other nodes have counted.
#pragma once

#include <memory>

#include "db/store.hpp"
#include "messages/interfaces.hpp"

namespace parseflow {

/// Spawn detached: it blocks on the database, for seconds if that holds months of rollups. It has a store of
/// its own, so that the DB writer does not wait for it. A database that is away is tried again with the next
/// question.
class archive : public archive_actor::base {
public:
  using super = archive_actor::base;

  archive(caf::actor_config& config, std::unique_ptr<db::store> store);

  const char* name() const override { return "archive"; }
  void on_exit() override { store_.reset(); }

protected:
  behavior_type make_behavior() override;

private:
  caf::result<archived_counts> answer(archive_query& question);

  std::unique_ptr<db::store> store_;
};

} // namespace parseflow
