// The balancer that deploy/ recommends, in front of a cluster of the tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/e2e/cluster/certificates.hpp"
#include "tests/e2e/cluster/cluster.hpp"
#include "tests/support/process.hpp"

namespace parseflow::e2e {

/// HAProxy with deploy/compose/haproxy.cfg, in which only addresses and the number of connections are changed.
/// It terminates TLS.
class haproxy {
public:
  /// For nodes a, b and c. Throws std::runtime_error with HAProxy's output if it does not start.
  explicit haproxy(const cluster& nodes);

  /// The port of 127.0.0.1 on which it accepts TLS.
  std::uint16_t port() const { return port_; }
  /// A PEM file with the authority for its certificate.
  std::string authority() const { return certificates_.authority(); }

  /// Whether it sends requests to the node: it does until it has noticed that the node is down.
  bool is_live(const std::string& node) const;

  /// What it logged about problems: a line for each failed request and each change of a node.
  std::string complaints() const;

private:
  certificates certificates_{{"balancer=127.0.0.1"}};
  std::uint16_t port_;
  std::unique_ptr<process> program_;
};

} // namespace parseflow::e2e
