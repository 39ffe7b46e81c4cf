// The HTTP side as a whole: every path, what guards it, and who answers it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <caf/fwd.hpp>

#include "messages/interfaces.hpp"
#include "messages/settings.hpp"

namespace parseflow::http {

/// The server. Holds no pipeline logic: it turns requests into messages and messages into answers.
class server {
public:
  server(const settings& configuration, pipeline_handles boxes, caf::actor_system& system);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Listens and serves. Returns a sentence if the address is not to be had.
  std::optional<std::string> start();

  /// The port it listens on, once started.
  std::uint16_t port() const;

  /// Accepts no more; returns when the requests under way are answered.
  void stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace parseflow::http
