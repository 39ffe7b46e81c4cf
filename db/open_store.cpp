// Makes the store that the storage settings name, its registry and its retention.
#include <algorithm>
#include <utility>

#include "db/data_folder.hpp"
#include "db/postgres/retention.hpp"
#include "db/postgres/store.hpp"
#include "db/registry_store.hpp"
#include "db/retention.hpp"
#include "db/sqlite/retention.hpp"
#include "db/sqlite/store.hpp"

namespace parseflow::db {

namespace {

// Retention must not drop a partition as soon as it is made for a line.
std::chrono::days days_before(const retention_settings& kept) {
  std::chrono::days result{7};
  for (const std::chrono::seconds age : {kept.requests, kept.log_lines, kept.samples})
    if (age != std::chrono::seconds::zero())
      result = std::min(result, std::chrono::floor<std::chrono::days>(age));
  return result;
}

} // namespace

std::unique_ptr<store> make_store(const storage_settings& storage, const retention_settings& kept) {
  if (auto path = sqlite_path(storage))
    return make_sqlite_store({std::move(*path), storage.node, storage.url.empty()});
  return make_postgres_store({storage.url.reveal(), storage.node, {}, days_before(kept)});
}

std::unique_ptr<registry_store> make_registry_store(const storage_settings& storage) {
  if (auto path = sqlite_path(storage))
    return make_sqlite_registry({std::move(*path), storage.node, storage.url.empty()});
  // A request may wait for what it finds, so it gives up early.
  constexpr postgres_limits limits{std::chrono::seconds{3}, std::chrono::seconds{3}, std::chrono::seconds{6}};
  return make_postgres_registry({storage.url.reveal(), storage.node, limits});
}

expected<std::unique_ptr<registry_store>> open_registry_store(const storage_settings& storage,
                                                              bool may_create) {
  if (const auto there = may_create ? make_data_folder(storage) : require_database(storage); !there)
    return there.error();
  auto registry = make_registry_store(storage);
  if (auto opened = registry->open(); opened.code != outcome::done)
    return problem{std::move(opened.message)};
  return registry;
}

std::unique_ptr<retention> make_retention(const storage_settings& storage, const retention_settings& kept) {
  if (auto path = sqlite_path(storage))
    return make_sqlite_retention(std::move(*path), kept);
  return make_postgres_retention(storage.url.reveal(), kept);
}

} // namespace parseflow::db
