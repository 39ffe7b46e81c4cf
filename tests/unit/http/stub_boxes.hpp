// Boxes that answer as the test sets, and a server in front of them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <caf/all.hpp>

#include "http/server.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings/config.hpp"
#include "tests/support/http_connection.hpp"

namespace parseflow::test {

/// What the stub receiver does with a frame.
enum class receiver_does { store, find_duplicate, refuse, stop, keep_silent };

/// What the stubs do, and what they received. Shared by test and actors.
struct stub_script {
  std::atomic<receiver_does> receiver = receiver_does::store;
  /// Boxes that do not answer questions.
  std::atomic<bool> receiver_hangs = false, metrics_hang = false, judge_hangs = false,
                    forwarder_hangs = false;
  /// The counts are those of a cluster.
  std::atomic<bool> is_in_cluster = false;
  /// The judge has a report of the DB writer.
  std::atomic<bool> writer_has_reported = true;
  std::atomic<bool> database_is_connected = true;
  std::atomic<bool> journal_is_full = false;
  /// Tails do not end by themselves.
  std::atomic<bool> tails_last = false;
  /// What earlier runs counted is not restored yet.
  std::atomic<bool> is_restoring = false;
  /// What the database says, in its report.
  static constexpr const char* database_sentence = "duplicate key (app)=(blog)";
  /// How often the receiver was asked for its state.
  std::atomic<int> status_questions = 0;

  std::vector<frame> frames() {
    const std::lock_guard guard{mutex};
    return taken;
  }
  frame last_frame() { return frames().back(); }
  tail_wish last_tail() {
    const std::lock_guard guard{mutex};
    return tail;
  }
  metrics_query last_question() {
    const std::lock_guard guard{mutex};
    return asked;
  }
  alerts_query last_alerts_question() {
    const std::lock_guard guard{mutex};
    return asked_alerts;
  }
  series_query last_series() {
    const std::lock_guard guard{mutex};
    return asked_series;
  }

  std::mutex mutex;
  std::vector<frame> taken;
  tail_wish tail;
  metrics_query asked;
  alerts_query asked_alerts;
  series_query asked_series;
  std::vector<submission> silent; // promises that are never kept
};

/// What the stub registrar knows, shared with the test.
struct registrar_script {
  std::mutex mutex; // guards what follows
  std::condition_variable changed;
  std::vector<registry_listener_actor> listeners;
  registry_copy_ptr copy;
  /// Each look finds `copy`.
  bool finds_copy = false;
  int looks = 0;
  /// How often all sessions were ended.
  int sign_outs = 0;
  registry_uses uses;
  std::vector<drain_wish> wishes;
};

enum class with_registrar { no, yes };

/// A server on a port that the system chooses, in front of the stubs.
class stub_service {
public:
  explicit stub_service(settings values = {}, with_registrar registry = with_registrar::no);
  /// With a registrar that knows this from the beginning.
  stub_service(settings values, const registry_copy& known);
  ~stub_service();

  /// Sends a request without a body over a connection of its own.
  http_answer get(std::string_view path, std::string_view headers = {}, std::string_view method = "GET") {
    return http_request(port(), method, path, headers);
  }
  /// `POST /logdrains` as a person sends it, with a body. `headers` are whole lines.
  http_answer post(std::string_view body, std::string_view headers = {},
                   std::string_view path = "/logdrains");

  std::uint16_t port() const { return server_->port(); }
  http::server& server() { return *server_; }

  /// The registry holds this, as each look at the database finds.
  void tell(const registry_copy& copy);
  /// The registry held this at `as_of`; looks find no database.
  void tell(const registry_copy& copy, std::chrono::steady_clock::time_point as_of);
  /// False if the server asks for no look at the registry.
  bool waits_for_look();

  std::shared_ptr<registrar_script> registry = std::make_shared<registrar_script>();
  std::shared_ptr<stub_script> script = std::make_shared<stub_script>();

private:
  void start(settings values);

  config config_;
  caf::actor_system system_{config_};
  pipeline_handles boxes_;
  std::unique_ptr<http::server> server_;
};

} // namespace parseflow::test
