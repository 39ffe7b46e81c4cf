// The balancer that deploy/ recommends, in front of a cluster of the tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/e2e/cluster/certificates.hpp"
#include "tests/e2e/cluster/cluster.hpp"
#include "tests/support/process.hpp"

namespace parseflow::e2e {

/// HAProxy with deploy/compose/haproxy.cfg, of which only the addresses are others. It ends TLS.
class haproxy {
public:
  /// For nodes a, b and c. Throws std::runtime_error with what it said if it does not start.
  explicit haproxy(const cluster& nodes);

  /// Where it takes TLS on 127.0.0.1.
  std::uint16_t port() const { return port_; }
  /// A PEM file of who vouches for its certificate.
  std::string authority() const { return certificates_.authority(); }

  /// Whether it gives requests to the node: it does so until it has found out that this is down.
  bool is_live(const std::string& node) const;

  /// What it wrote of what did not go well: a line for each such request and each change of a node.
  std::string complaints() const;

private:
  certificates certificates_{{"balancer=127.0.0.1"}};
  std::uint16_t port_;
  std::unique_ptr<process> program_;
};

} // namespace parseflow::e2e
