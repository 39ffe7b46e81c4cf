// The HTTP server: maps paths to endpoints, and does what all answers have in common.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/access/api_guard.hpp"
#include "http/access/drain_register.hpp"
#include "http/access/key_register.hpp"
#include "http/admission.hpp"
#include "http/certificate_watch.hpp"
#include "http/connections/connection_server.hpp"
#include "http/connections/listen_socket.hpp"
#include "http/endpoints/drain.hpp"
#include "http/endpoints/pipeline_client.hpp"
#include "http/registry_link.hpp"
#include "messages/expected.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Serves what docs/http.md lists. The boxes and the actor system must live until `stop` returns.
class server {
public:
  /// Takes the address on which a server with these settings will listen, and refuses connections there;
  /// close the socket after `start`. Fails if the address cannot be had, the process may open too few
  /// files, or the certificate cannot be used.
  static expected<listen_socket> reserve(const http_settings& settings);

  server(const settings& configuration, const pipeline_handles& boxes, caf::actor_system& system);
  /// Calls `stop`.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Starts to listen and to answer. Call once.
  expected<> start();

  /// The port it listens on, which the system picks if `http.port` is 0; 0 before `start`.
  std::uint16_t port() const { return connections_.port(); }

  /// Whether the registry has drains or keys, as far as is known.
  bool has_registered() const;

  /// Takes up a renewed certificate, if there is one, and the settings that can be reloaded. Any thread
  /// may call after `start`.
  void take_up(const settings& fresh);

  /// Closes idle connections and returns when the running requests are answered. Later calls do nothing.
  void stop();

private:
  using action = std::function<void(exchange&)>;
  struct route {
    std::string_view path;
    /// The role that a key must have; none: no key is needed. With one the route is part of the API, subject to
    /// the rate limit and open to other origins.
    std::optional<key_role> needs;
    action get, post, del;
    /// The longest body of a POST.
    std::uint64_t max_body_bytes = 0;
    /// Answers only this machine's own user while nobody needs a key.
    bool is_local = false;
    /// The answer may be a stream.
    bool streams = false;
  };

  const route* find_route(std::string_view path) const;
  request_plan plan(const request_head& head) const;
  void answer(exchange& current);
  void answer_privately(exchange& current);
  void answer_route(exchange& current, const route& found);
  expected<> start_private();
  registry_uses take_uses();
  static void answer_preflight(exchange& current, const route& found);
  std::string cors_origin();
  static std::string allowed_methods(const route& found);

  const http_settings settings_; // of the start
  std::mutex mutex_;
  std::string cors_origin_;                      // guarded by mutex_
  std::unique_ptr<tls_certificate> certificate_; // null: plain HTTP
  std::optional<certificate_watch> certificate_watch_;
  pipeline_client boxes_;
  key_register keys_;
  api_guard guard_;
  registry_link registry_;
  drain_register drains_;
  drain_endpoint drain_;
  std::vector<route> routes_;
  connection_server connections_;
  std::atomic<bool> is_serving_ = false;
  std::optional<connection_server> private_connections_;
  admission admission_;
};

} // namespace parseflow::http
