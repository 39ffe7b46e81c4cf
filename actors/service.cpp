#include "actors/service.hpp"

#include <mutex>

#include <fmt/format.h>

#include "db/data_folder.hpp"
#include "db/geoip/country_database.hpp"
#include "db/journal/recovery_log.hpp"
#include "db/registry_file.hpp"
#include "db/registry_store.hpp"
#include "db/retention.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

expected<service_parts> open_parts(const settings& values) {
  service_parts parts;
  auto countries = db::open_country_lookup(values.parser);
  if (!countries)
    return countries.error();
  if (auto made = db::make_data_folder(values.storage); !made)
    return made.error();
  parts.database = db::make_store(values.storage, values.retention)->open();
  if (parts.database.code == db::outcome::rejected)
    return problem{parts.database.message};
  auto journal = db::journal::open(db::journal_directory(values), values.journal,
                                   values.receiver.remembered_frames, system_time());
  if (!journal)
    return journal.error();
  db::log_recovery(journal->found);
  parts.journal = *std::move(journal);
  auto& sources = parts.sources;
  sources.countries = *std::move(countries);
  sources.store = [&values] { return db::make_store(values.storage, values.retention); };
  sources.retention = [&values](const retention_settings& kept) {
    return db::make_retention(values.storage, kept);
  };
  return parts;
}

namespace {

// Others must not reach a service without readers. The registry has some if the database says so; while it is
// away, if the copy in the data folder does.
expected<> require_readers(const settings& values) {
  auto checked = check_readers(values.http);
  if (checked || !db::require_database(values.storage))
    return checked;
  registry_copy found;
  const auto registry = db::make_registry_store(values.storage);
  auto read = registry->open();
  if (read.code == db::outcome::done)
    read = registry->read(found);
  if (read.code != db::outcome::done)
    found = db::read_registry_file(values.storage.directory).value_or(registry_copy{});
  if (!found.keys.empty())
    return {};
  if (read.code == db::outcome::done)
    return checked;
  return problem{
      fmt::format("{}. The registry of keys cannot be read: {}", checked.error().sentence, read.message)};
}

} // namespace

expected<service_parts> open_node(config& configuration, std::string release) {
  if (auto readers = require_readers(configuration.values()); !readers)
    return readers.error();
  auto place = prepare_cluster(configuration, configuration.values().cluster, std::move(release));
  if (!place)
    return place.error();
  const auto& values = configuration.values();
  auto parts = open_parts(values);
  if (!parts)
    return parts;
  parts->place = *std::move(place);
  parts->sources.registry = [&values] { return db::make_registry_store(values.storage); };
  return parts;
}

// Why a box failed for good, if one did. Any thread may call. Boxes that end late may still report to it.
class service::failure {
public:
  explicit failure(std::function<void()> on_failure) : on_failure_(std::move(on_failure)) {}

  void report(const std::string& sentence) {
    {
      const std::lock_guard guard{mutex_};
      state_ = problem{sentence};
    }
    on_failure_();
  }

  expected<> state() const {
    const std::lock_guard guard{mutex_};
    return state_;
  }

private:
  std::function<void()> on_failure_;
  mutable std::mutex mutex_;
  expected<> state_;
};

service::service(caf::actor_system& system, const settings& values, service_parts parts,
                 std::function<void()> on_failure)
    : failure_(std::make_shared<failure>(std::move(on_failure))),
      pipeline_(system, values, std::move(parts.journal), std::move(parts.sources),
                [all = failure_](const std::string& why) { all->report(why); }) {
  if (parts.place)
    cluster_.emplace(system, values, *parts.place, std::move(parts.gate), pipeline_, std::move(parts.form),
                     [all = failure_](const std::string& why) { all->report(why); });
}

expected<> service::start() {
  return cluster_ ? cluster_->start() : expected<>{};
}

pipeline_handles service::handles() const {
  auto handles = pipeline_.handles();
  if (cluster_) {
    handles.entry = cluster_->entry();
    handles.metrics = cluster_->metrics();
    handles.judge = cluster_->judge();
    handles.forwarder = cluster_->forwarding();
    handles.tails = cluster_->tails();
  }
  return handles;
}

expected<> service::state() const {
  return failure_->state();
}

void service::take_up(const settings& fresh) {
  const alert_rules rules{fresh.alerts.rules};
  pipeline_.take_up(rules, fresh.retention);
  if (cluster_)
    cluster_->take_up(rules);
}

void service::leave() {
  if (cluster_)
    cluster_->leave();
}

bool service::stop(std::chrono::milliseconds timeout) {
  const bool all_stored = pipeline_.stop(timeout);
  if (cluster_)
    cluster_->stop();
  return all_stored;
}

} // namespace parseflow::actors
