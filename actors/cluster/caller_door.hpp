// Hands connections that the gate has accepted to CAF.
#pragma once

#include <cstdint>
#include <string>

#include <caf/io/doorman.hpp>
#include <caf/io/network/multiplexer.hpp>

#include "messages/file_descriptor.hpp"

namespace parseflow::actors {

/// To CAF's broker it is a port on which an actor is published, but it listens nowhere.
class caller_door : public caf::io::doorman {
public:
  /// The number that takes the place of a port in CAF's tables.
  static constexpr std::uint16_t number = 1;

  explicit caller_door(caf::io::network::multiplexer& network)
      : caf::io::doorman(caf::io::accept_handle::from_int(number)), network_(network) {}

  /// Lets a caller in. Call it on CAF's network thread.
  void admit(file_descriptor caller);

  void launch() override {}
  void add_to_loop() override {}
  void remove_from_loop() override {}
  bool new_connection() override { return false; }
  void graceful_shutdown() override { detach(&network_, false); }
  std::string addr() const override { return {}; }
  std::uint16_t port() const override { return number; }

private:
  caf::io::network::multiplexer& network_;
};

} // namespace parseflow::actors
