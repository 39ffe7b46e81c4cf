#include "db/postgres/store.hpp"

#include <fmt/format.h>

#include "db/database_registry.hpp"
#include "db/database_store.hpp"
#include "db/migrations.hpp"
#include "db/postgres/alerts.hpp"
#include "db/postgres/drains.hpp"
#include "db/postgres/link.hpp"
#include "db/postgres/locks.hpp"
#include "db/postgres/partitions.hpp"
#include "db/postgres/recall.hpp"
#include "db/postgres/registry.hpp"
#include "db/postgres/rejected.hpp"
#include "db/postgres/write.hpp"

namespace parseflow::db {

namespace {

void migrate(postgres_session& session) {
  postgres_transaction transaction(session);
  transaction.lock(advisory_lock::migrations);
  transaction.exec("CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, "
                   "name text NOT NULL, applied_at timestamptz NOT NULL)");
  const int version =
      transaction.exec("SELECT coalesce(max(version), 0) FROM schema_version")[0][0].as<int>();
  for (const migration& step : missing_after(postgres_migrations(), version)) {
    transaction.exec(std::string(step.sql));
    transaction.exec_params("INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, now())",
                            step.version, std::string(step.name));
  }
  transaction.commit();
}

// See `store_backend` and `registry_backend`.
class postgres_backend {
public:
  static constexpr std::string_view kind = "postgresql";

  explicit postgres_backend(postgres_options options)
      : link_(std::move(options.url), options.limits), partitions_(options.partition_days_before) {}

  std::string place() const { return link_.place(); }
  bool is_open() const { return link_.is_open(); }

  void open() {
    link_.open();
    const auto limit = link_.session().limited();
    migrate(link_.session());
  }

  void close() { link_.close(); }
  void forget() { partitions_.forget(); }

  // While the database is opened no data can be at fault, and it does not matter whether a migration was
  // committed: the next call finds out.
  result opening_failure() { return {outcome::retry, link_.failure().message}; }
  result failure() { return link_.failure(); }

  auto limited() const { return link_.session().limited(); }

  postgres_write begin_write(const std::string& node, std::vector<frame_row>& rows, drain_cache& drains) {
    partitions_.prepare_for(rows, link_.session());
    find_drains(link_.session(), rows, drains);
    return {link_.session(), node};
  }
  postgres_recall begin_read() const { return postgres_recall(link_.session()); }
  postgres_registry begin_registry(bool writes) const {
    return {link_.session(), writes ? access::write : access::read};
  }

  void save_alerts(const std::string& node, std::span<const alert_row> rows) const {
    db::save_alerts(link_.session(), node, rows);
  }
  void add_rejected(const rejected_row& row) const { db::add_rejected(link_.session(), row); }
  void read_rejected_groups(const std::function<void(rejected_group)>& take) const {
    db::read_rejected_groups(link_.session(), take);
  }
  void read_rejected_frames(std::int64_t after, const std::function<void(rejected_frame)>& take) const {
    db::read_rejected_frames(link_.session(), after, take);
  }

  // The server looks after its own log.
  std::uint64_t log_bytes() const { return 0; }

private:
  postgres_link link_;
  postgres_partitions partitions_;
};

} // namespace

std::unique_ptr<store> make_postgres_store(postgres_options options) {
  const std::string node = options.node;
  return std::make_unique<database_store<postgres_backend>>(node, std::move(options));
}

std::unique_ptr<registry_store> make_postgres_registry(postgres_options options) {
  return std::make_unique<database_registry<postgres_backend>>(std::move(options));
}

} // namespace parseflow::db
