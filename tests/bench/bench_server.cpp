#include "tests/bench/bench_server.hpp"

#include <csignal>
#include <filesystem>

#include <caf/all.hpp>
#include <fmt/format.h>

#include "actors/pipeline.hpp"
#include "http/server.hpp"
#include "messages/settings/config.hpp"
#include "tests/support/memory_store.hpp"

namespace parseflow::bench {

using namespace actors;

namespace {

using swift_receiver_actor = entry_actor::extend_with<receiver_source_actor>;

// Answers at once that a frame is stored, and drops it.
swift_receiver_actor::behavior_type swift_receiver() {
  return {
      [](const submission& arrival) { arrival.answer.give(verdict::stored); },
      [](status_atom) { return receiver_status{}; },
  };
}

int serve_until_signal(const settings& values, const pipeline_handles& boxes, caf::actor_system& system,
                       const sigset_t& stop_signals) {
  http::server server{values, boxes, system};
  if (const auto started = server.start(); !started) {
    fmt::print(stderr, "{}\n", started.error().sentence);
    return EXIT_FAILURE;
  }
  fmt::print(stderr, "listening on http://127.0.0.1:{}\n", server.port());
  int number = 0;
  sigwait(&stop_signals, &number);
  server.stop();
  return EXIT_SUCCESS;
}

} // namespace

int serve(std::string_view kind, std::vector<std::string> arguments) {
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  config configuration;
  arguments.emplace_back("--log.level=warn");
  if (const auto read = configuration.read(arguments, {}); !read) {
    fmt::print(stderr, "{}\n", read.error().sentence);
    return EXIT_FAILURE;
  }
  const auto& values = configuration.values();
  caf::actor_system system{configuration};
  if (kind == "http") {
    const auto receiver = system.spawn(swift_receiver);
    const auto status = serve_until_signal(values, {receiver, receiver, {}, {}, {}}, system, stop_signals);
    caf::anon_send_exit(receiver, caf::exit_reason::user_shutdown);
    return status;
  }
  auto journal =
      db::journal::open(std::filesystem::path{values.storage.directory} / "journal", values.journal,
                        values.receiver.remembered_frames,
                        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
  if (!journal) {
    fmt::print(stderr, "{}\n", journal.error().sentence);
    return EXIT_FAILURE;
  }
  box_sources sources;
  sources.store = [] { return std::make_unique<db::memory_store>(); };
  pipeline boxes{system, values, *std::move(journal), std::move(sources),
                 [](const std::string& sentence) { fmt::print(stderr, "{}\n", sentence); }};
  return serve_until_signal(values, boxes.handles(), system, stop_signals);
}

} // namespace parseflow::bench
