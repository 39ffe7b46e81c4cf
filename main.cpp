// parseflow: reads the settings, starts store, pipeline and server, and stops them on SIGTERM or SIGINT.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <unistd.h>

#include <caf/all.hpp>
#include <fmt/format.h>

#include "actors/pipeline.hpp"
#include "db/country_database.hpp"
#include "db/store.hpp"
#include "http/server.hpp"
#include "messages/config.hpp"
#include "messages/service_log.hpp"

namespace {

using namespace parseflow;

// From SIGTERM to exit at most ten seconds (design promise P8); the server takes its share first.
constexpr std::chrono::seconds stop_patience{6};

constexpr const char* usage = R"(parseflow: a self-hosted service for Heroku log drains

usage: parseflow [serve] [--config=FILE] [--section.name=value ...]
       parseflow --help | --version

The command line wins over the environment (the names in brackets), the environment over the file.
A file has sections and lines such as

  [http]
  port = 5000

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

// Why the pipeline gave up, if it did. The failing thread writes it and wakes `main` with a signal.
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

int serve(config& configuration, const sigset_t& stop_signals) {
  const auto& values = configuration.values();
  set_log_level(values.log.level);

  std::error_code problem;
  std::filesystem::create_directories(values.storage.directory, problem);
  if (problem)
    return fail(fmt::format("cannot make the folder {} (storage.directory): {}", values.storage.directory,
                            problem.message()));
  std::shared_ptr<const db::country_database> countries;
  if (!values.parser.country_database.empty()) {
    try {
      countries = std::make_shared<const db::country_database>(values.parser.country_database);
    } catch (const std::runtime_error& refused) {
      return fail(refused.what());
    }
  }
  auto store = db::make_store(values.storage);
  if (const auto opened = store->open(); opened.code == db::outcome::rejected)
    return fail(opened.message);

  failure failed;
  caf::actor_system system{configuration};
  pipeline boxes{system, values, std::move(store), std::move(countries),
                 [&failed](const std::string& sentence) { failed.report(sentence); }};
  http::server server{values, boxes.handles(), system};
  if (auto refused = server.start())
    return fail(*refused);
  log(log_level::info, "main",
      fmt::format("listening on http://{}:{}", listen_address(values.http), server.port()));

  int signal = 0;
  sigwait(&stop_signals, &signal);
  log(log_level::info, "main", "stopping: answering what is under way");
  server.stop();
  const bool all_stored = boxes.stop(stop_patience);
  if (const auto sentence = failed.sentence(); !sentence.empty()) {
    log(log_level::error, "main", sentence);
    return EXIT_FAILURE;
  }
  log(log_level::info, "main",
      all_stored ? "stopped" : "stopped with lines that were not stored nor acknowledged");
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  // Before any thread exists, so that all inherit it: only `serve` takes these signals.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments.front() == "serve")
    arguments.erase(arguments.begin());
  config configuration;
  for (const auto& argument : arguments) {
    if (argument == "--help" || argument == "-h") {
      std::printf("%s%s", usage, configuration.help().c_str());
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
    return serve(configuration, stop_signals);
  } catch (const std::exception& unexpected) {
    return fail(fmt::format("unexpected failure: {}", unexpected.what()));
  }
}
