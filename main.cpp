// parseflow: reads the settings, starts store, pipeline and server, and stops them on SIGTERM or SIGINT.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <caf/all.hpp>
#include <fmt/format.h>

#include "actors/cluster/addresses.hpp"
#include "actors/cluster/cluster.hpp"
#include "actors/pipeline.hpp"
#include "actors/rejected_frames.hpp"
#include "db/data_folder.hpp"
#include "db/geoip/country_database.hpp"
#include "db/journal/inspect.hpp"
#include "db/journal/journal.hpp"
#include "db/retention.hpp"
#include "db/store.hpp"
#include "http/connections/descriptor_limit.hpp"
#include "http/connections/listen_socket.hpp"
#include "http/server.hpp"
#include "messages/service_log.hpp"
#include "messages/settings/config.hpp"
#include "messages/settings/reachability.hpp"
#include "messages/system_time.hpp"

#ifdef __SANITIZE_ADDRESS__
// libpqxx 6.4 leaks about 2 KB per lost connection. In CAF 0.17 a helper waits minutes for the answer of a
// node that it has just learned of; if the process ends before that, helper and broker keep each other alive.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpqxx\nleak:caf::io::basp";
}
#endif

namespace {

using namespace parseflow;
using namespace parseflow::actors;

// From SIGTERM to exit it takes at most ten seconds (promise P8); the server uses its share first.
constexpr std::chrono::seconds stop_timeout{4};
constexpr std::chrono::seconds stop_limit{9};
// No timeout: the operator waits for the database.
constexpr std::chrono::hours replay_timeout{24 * 365};

constexpr const char* usage = R"(parseflow: a self-hosted service for Heroku log drains

usage: parseflow [serve] [--config=FILE] [--section.name=value ...]
       parseflow drain [settings as above]
       parseflow journal [--records] [settings as above]
       parseflow rejected [--retry] [settings as above]
       parseflow check [settings as above]
       parseflow --help | --version

`drain` stores what the journal still holds, takes nothing in, and ends when the database has everything.
`journal` lists what the journal's files hold, with --records every frame; it only reads.
`rejected` lists the frames that the database refused, with --retry it gives them to the database again.
`check` reads the settings and tells where the service would listen; it starts nothing.

The command line wins over the environment (the names in brackets), the environment over the file.
A file has sections and lines such as

  # where it listens
  [http]
  port = 5000

Secrets do not stand on the command line, which every user of the machine can read, but in the environment, in the file,
or in a file of their own that the environment names: METRICS_API_KEY_FILE=/run/secrets/api-key

settings:
)";

int fail(const std::string& sentence) {
  std::fprintf(stderr, "parseflow: %s\n", sentence.c_str());
  return EXIT_FAILURE;
}

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

// Ends the process after `stop_limit`, even if a call to a database or a network hangs. As safe as a kill:
// what the database lacks is in the journal.
void end_at_the_latest(int status) {
  std::thread([status] {
    std::this_thread::sleep_for(stop_limit);
    log(log_level::warn, "main",
        "stopped without waiting for a call that hangs; the journal keeps what is not stored");
    std::_Exit(status);
  }).detach();
}

// Why the pipeline gave up, if it did. The failing thread writes the reason and wakes `main` with a signal.
class failure {
public:
  void report(const std::string& sentence) {
    {
      const std::lock_guard guard{mutex_};
      sentence_ = sentence;
    }
    kill(getpid(), SIGTERM);
  }
  std::string sentence() {
    const std::lock_guard guard{mutex_};
    return sentence_;
  }

private:
  std::mutex mutex_;
  std::string sentence_;
};

// True by the signs that Docker, Podman and Kubernetes give their processes.
bool is_in_container() {
  std::error_code ignored;
  return std::filesystem::exists("/.dockerenv", ignored) ||
         std::filesystem::exists("/run/.containerenv", ignored) ||
         std::getenv("KUBERNETES_SERVICE_HOST") != nullptr;
}

void report(const db::journal_recovery& found) {
  if (!found.frames.empty())
    log(log_level::info, "journal", "frames of an earlier run found",
        {{"frames", std::to_string(found.frames.size())}});
  if (found.damaged_bytes > 0 || found.damaged_places > 0)
    log(log_level::error, "journal",
        "damage found and skipped: what was there and not yet in the database is lost",
        {{"bytes", std::to_string(found.damaged_bytes)}, {"places", std::to_string(found.damaged_places)}});
  for (const auto& file : found.files_aside)
    log(log_level::error, "journal",
        "a segment that cannot be read is kept aside; remove it when you do not need it for a repair",
        {{"file", file.path.string()}, {"bytes", std::to_string(file.bytes)}});
  if (found.torn_records > 0)
    log(log_level::warn, "journal",
        "frames at the end of a segment are incomplete: they were never acknowledged, unless the disk damaged them "
        "later",
        {{"frames", std::to_string(found.torn_records)}});
}

// What a pipeline is made of, or why it cannot be made.
struct foundation {
  db::journal::opened journal;
  db::result database; // `done`, or `retry` while it is unreachable
  box_sources sources;
  std::string problem;
};

// Sets `countries` if a country database is configured. Returns why it cannot be read, or nothing.
std::string load_countries(const parser_settings& parser, rollup::country_lookup& countries) {
  if (parser.country_database.empty())
    return {};
  try {
    auto known = std::make_shared<const db::country_database>(parser.country_database);
    countries = [known](std::string_view address) { return known->lookup(address); };
    return {};
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
}

// `values` must outlive the sources.
foundation lay_foundation(const settings& values) {
  foundation result;
  result.problem = load_countries(values.parser, result.sources.countries);
  if (!result.problem.empty())
    return result;
  if (auto problem = db::make_data_folder(values.storage)) {
    result.problem = std::move(*problem);
    return result;
  }
  // A database that can never be used prevents the start; one that is only unreachable does not.
  result.database = db::make_store(values.storage, values.retention)->open();
  if (result.database.code == db::outcome::rejected) {
    result.problem = result.database.message;
    return result;
  }
  if (values.retention.rollups.count() > 0)
    result.sources.bounds.longest_age = values.retention.rollups;
  result.sources.store = [&values] { return db::make_store(values.storage, values.retention); };
  result.journal = db::journal::open(db::journal_directory(values), values.journal,
                                     values.receiver.remembered_frames, system_time());
  if (result.journal.value)
    report(result.journal.found);
  else
    result.problem = result.journal.problem;
  return result;
}

int serve(config& configuration, const sigset_t& stop_signals) {
  const auto& values = configuration.values();
  set_log_level(values.log.level);
  // Check everything that may prevent the start before making the first folder or file.
  if (auto refused = http::raise_descriptor_limit(values.http.max_connections))
    return fail(*refused);
  http::listen_socket place; // refuses connections until the server listens there
  if (auto refused = place.reserve(listen_address(values.http), values.http.port))
    return fail(*refused);
  std::optional<std::string> own_address;
  if (values.cluster.is_on()) {
    if (auto refused = prepare_network(configuration, values.cluster))
      return fail(*refused);
    own_address = own_entry(values.cluster);
    if (!own_address)
      return fail(
          "cluster.peers must list all nodes, including this one, and be the same on every node: no entry is "
          "this machine with the port of cluster.listen");
  }
  auto base = lay_foundation(values);
  if (!base.problem.empty())
    return fail(base.problem);
  base.sources.retention = [&values] { return db::make_retention(values.storage, values.retention); };
  failure failed;
  caf::actor_system system{configuration};
  pipeline boxes{system, values, std::move(base.journal), std::move(base.sources),
                 [&failed](const std::string& sentence) { failed.report(sentence); }};
  auto handles = boxes.handles();
  std::optional<cluster> nodes;
  if (own_address) {
    nodes.emplace(system, values, *own_address, PARSEFLOW_VERSION, boxes.receiver(), handles.metrics,
                  boxes.judge(), db::make_store(values.storage, values.retention),
                  [&failed](const std::string& sentence) { failed.report(sentence); });
    if (auto refused = nodes->start())
      return fail(*refused);
    handles.entry = nodes->entry();
    handles.metrics = nodes->metrics();
    handles.judge = nodes->judge();
  }
  http::server server{values, handles, system};
  if (auto refused = server.start())
    return fail(*refused);
  place.close();
  log(log_level::info, "main",
      fmt::format("listening on http://{}:{}", listen_address(values.http), server.port()));
  if (const auto warning = reachability_warning(values.http, is_in_container()))
    log(log_level::warn, "main", *warning);

  int signal = 0;
  sigwait(&stop_signals, &signal);
  log(log_level::info, "main", "stopping: answering the requests in progress");
  end_at_the_latest(failed.sentence().empty() ? EXIT_SUCCESS : EXIT_FAILURE);
  if (nodes)
    nodes->leave();
  server.stop();
  const bool all_stored = boxes.stop(stop_timeout);
  if (nodes)
    nodes->stop();
  if (const auto sentence = failed.sentence(); !sentence.empty()) {
    log(log_level::error, "main", sentence);
    return EXIT_FAILURE;
  }
  log(log_level::info, "main",
      all_stored ? "stopped" : "stopped; the journal keeps what the database does not have yet");
  return EXIT_SUCCESS;
}

// On a signal it ends at once. As after a kill, the journal keeps what is not stored.
int drain(config& configuration, const sigset_t& stop_signals) {
  auto values = configuration.values();
  values.alerts = {.rules = {}, .webhook_url = {}};
  set_log_level(values.log.level);
  // A missing folder or database means a mistake in the settings: one that is made now would be empty.
  if (auto missing = db::missing_journal(values))
    return fail(*missing);
  if (auto missing = db::missing_database(values.storage))
    return fail(*missing);
  auto base = lay_foundation(values);
  if (!base.problem.empty())
    return fail(base.problem);
  const auto frames = base.journal.found.frames.size();
  if (frames == 0 && base.database.code != db::outcome::done)
    return fail(fmt::format("the journal holds no frames; the database could not be reached: {}",
                            base.database.message));
  failure failed;
  caf::actor_system system{configuration};
  pipeline boxes{system, values, std::move(base.journal), std::move(base.sources),
                 [&failed](const std::string& sentence) { failed.report(sentence); }};
  std::thread([&] {
    int signal = 0;
    sigwait(&stop_signals, &signal);
    const auto sentence = failed.sentence();
    std::_Exit(fail(sentence.empty()
                        ? "stopped before the database had everything; the journal keeps the rest"
                        : sentence));
  }).detach();
  if (!boxes.stop(replay_timeout))
    return fail("the database does not have everything; the journal keeps the rest");
  log(log_level::info, "main", "the database has everything that was in the journal",
      {{"frames", std::to_string(frames)}});
  return EXIT_SUCCESS;
}

int show_journal(const settings& values, bool with_records) {
  if (auto missing = db::missing_journal(values))
    return fail(*missing);
  const auto report = db::inspect_journal(db::journal_directory(values), with_records);
  if (!report.problem.empty())
    return fail(report.problem);
  std::fputs(report.text.c_str(), stdout);
  return EXIT_SUCCESS;
}

int show_rejected(const settings& values, bool with_retry) {
  if (auto missing = db::missing_database(values.storage))
    return fail(*missing);
  rollup::country_lookup countries;
  if (const auto problem = load_countries(values.parser, countries); !problem.empty())
    return fail(problem);
  const auto store = db::make_store(values.storage, values.retention);
  if (const auto opened = store->open(); opened.code != db::outcome::done)
    return fail(opened.message);
  const auto report = with_retry ? retry_rejected(*store, countries) : list_rejected(*store);
  std::fputs(report.text.c_str(), stdout);
  return report.problem.empty() ? EXIT_SUCCESS : fail(report.problem);
}

int show_address(const settings& values) {
  std::printf("http://%s:%d\n", listen_address(values.http).c_str(), int{values.http.port});
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  umask(S_IRWXG | S_IRWXO); // only their owner may read log lines
  // Blocked before any thread exists, so that all inherit the mask; `serve` and `drain` wait for
  // these signals.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::string command = "serve";
  if (!arguments.empty() && !arguments.front().starts_with("-")) {
    command = arguments.front();
    arguments.erase(arguments.begin());
    if (command == "help" || command == "version")
      arguments.insert(arguments.begin(), "--" + command);
    else if (command != "serve" && command != "drain" && command != "journal" && command != "rejected" &&
             command != "check")
      return fail(fmt::format("there is no command {}; parseflow --help lists all", command));
  }
  const bool with_records = command == "journal" && std::erase(arguments, "--records") > 0;
  const bool with_retry = command == "rejected" && std::erase(arguments, "--retry") > 0;
  config configuration;
  for (const auto& argument : arguments) {
    if (argument == "--help" || argument == "-h") {
      std::printf("%s%s", usage, settings_help().c_str());
      return EXIT_SUCCESS;
    }
    if (argument == "--version") {
      std::printf("parseflow %s\n", PARSEFLOW_VERSION);
      return EXIT_SUCCESS;
    }
  }
  try {
    if (auto problem = configuration.read(arguments, environment()))
      return fail(*problem);
    if (command == "check")
      return show_address(configuration.values());
    if (command == "journal")
      return show_journal(configuration.values(), with_records);
    if (command == "rejected")
      return show_rejected(configuration.values(), with_retry);
    return command == "drain" ? drain(configuration, stop_signals) : serve(configuration, stop_signals);
  } catch (const std::exception& unexpected) {
    return fail(fmt::format("unexpected failure: {}", unexpected.what()));
  }
}
