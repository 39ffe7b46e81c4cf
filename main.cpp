// parseflow: the command line, the signals, and a function for each command.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <sys/stat.h>

#include "actors/data_commands.hpp"
#include "actors/replay.hpp"
#include "actors/service.hpp"
#include "http/client/tail_client.hpp"
#include "http/client/webhook_client.hpp"
#include "http/gate/tls_gate.hpp"
#include "http/render/tail_events.hpp"
#include "http/server.hpp"
#include "messages/process_stop.hpp"
#include "messages/service_log.hpp"
#include "messages/settings/command_line.hpp"
#include "messages/settings/config.hpp"
#include "messages/settings/reachability.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::actors;

constexpr std::chrono::seconds stop_timeout{4}, stop_limit{9}; // promise P8: ten seconds, the server first

expected<int> serve(config& configuration, const stop_signals& signals) {
  const auto& values = configuration.values();
  // Everything that may prevent the start is checked before the first folder or file is made.
  auto address = http::server::reserve(values.http);
  if (!address)
    return address.error();
  auto gate = http::tls_gate::make(values.cluster);
  if (!gate)
    return gate.error();
  auto parts = open_node(configuration, PARSEFLOW_VERSION);
  if (!parts)
    return parts.error();
  parts->gate = *std::move(gate);
  parts->form = http::tail_events();
  parts->sources.poster = http::webhook_posters(values.alerts);
  caf::actor_system system{configuration};
  service boxes{system, values, *std::move(parts), stop_signals::send};
  if (auto started = boxes.start(); !started)
    return started.error();
  http::server server{values, boxes.handles(), system};
  if (auto started = server.start(); !started)
    return started.error();
  address->close();
  log_reachability(values.http, server.port(), server.has_registered());
  while (signals.wait() == stop_signals::request::reload)
    configuration.read_again([&](const settings& fresh) {
      server.take_up(fresh);
      boxes.take_up(fresh);
    });
  log(log_level::info, "main", "stopping: answering the requests in progress");
  end_at_the_latest(stop_limit, boxes.state() ? EXIT_SUCCESS : EXIT_FAILURE);
  boxes.leave();
  server.stop();
  const bool all_stored = boxes.stop(stop_timeout);
  if (const auto state = boxes.state(); !state) {
    log(log_level::error, "main", state.error().sentence);
    return EXIT_FAILURE;
  }
  log(log_level::info, "main",
      all_stored ? "stopped" : "stopped; the journal keeps what the database does not have yet");
  return EXIT_SUCCESS;
}

expected<int> show(const command_report& done) {
  std::fputs(done.text.c_str(), stdout);
  return done.outcome ? EXIT_SUCCESS : expected<int>{done.outcome.error()};
}

expected<int> run(const command_line& line, const stop_signals& signals) {
  if (line.what == command::help || line.what == command::version)
    return show({line.what == command::help ? usage() : "parseflow " PARSEFLOW_VERSION "\n", {}});
  config configuration;
  if (auto read = configuration.read(line.settings, process_environment()); !read)
    return read.error();
  const auto& values = configuration.values();
  set_log_level(values.log.level);
  switch (line.what) {
  case command::check:
    return show({own_url(values.http, values.http.port) + "\n", {}});
  case command::journal:
  case command::rejected:
  case command::drains:
  case command::keys:
    return show(run_data_command(line, values));
  case command::tail:
    signals.let_through();
    return http::follow_lines(line.tail, values);
  case command::replay:
    return show({{}, replay(configuration, signals)});
  default:
    return serve(configuration, signals);
  }
}

} // namespace

int main(int argc, char** argv) {
  umask(S_IRWXG | S_IRWXO);   // only their owner may read log lines
  const stop_signals signals; // blocked before any thread exists, so that all inherit the mask
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto line = read_command_line({argv + 1, argv + argc});
    const auto status = line ? run(*line, signals) : line.error();
    return status ? *status : fail(status.error());
  } catch (const std::exception& unexpected) {
    return fail({std::string{"unexpected failure: "} + unexpected.what()});
  }
}
