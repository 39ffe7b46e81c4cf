// A registry that is kept in memory, whose database the test takes away.
#pragma once

#include <memory>

#include "db/registry_store.hpp"
#include "messages/registry/changes.hpp"

namespace parseflow::test {

/// The state that the test and all stores of one registry share.
struct shared_registry {
  registry_copy all;
  bool is_away = false;
  int reads = 0, edits = 0;
};

class memory_registry : public db::registry_store {
public:
  explicit memory_registry(std::shared_ptr<shared_registry> shared) : shared_(std::move(shared)) {}

  db::result open() override { return state(); }

  db::result read(registry_copy& known) override {
    if (shared_->is_away)
      return state();
    ++shared_->reads;
    if (known.version != shared_->all.version || known.version == 0)
      known = shared_->all;
    return {};
  }

  db::result edit(const db::registry_change& change, expected<>& refusal) override {
    if (shared_->is_away)
      return state();
    ++shared_->edits;
    auto after = shared_->all;
    refusal = change(after);
    if (!refusal)
      return {};
    if (is_changed(shared_->all, after))
      ++after.version;
    shared_->all = std::move(after);
    return {};
  }

  db::result read_activity(timestamp, std::vector<app_activity>&) override { return state(); }

private:
  db::result state() const {
    return shared_->is_away ? db::result{db::outcome::retry, "away"} : db::result{};
  }

  std::shared_ptr<shared_registry> shared_;
};

} // namespace parseflow::test
