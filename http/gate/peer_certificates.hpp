// The certificates by which the nodes of a cluster know each other.
#pragma once

#include <string>
#include <vector>

#include "http/connections/tls_context.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// This node's certificate and key, and the authority of all nodes. Its context is for both ends of a
/// connection, and accepts only what this authority signed. A caller's certificate must also name the host
/// of an entry of `cluster.peers`; if it names none, the result of its verification is
/// `X509_V_ERR_HOSTNAME_MISMATCH`.
///
/// Must outlive the sessions of its contexts.
class peer_certificates : public renewable_tls_context {
public:
  explicit peer_certificates(const cluster_settings& cluster);

private:
  expected<tls_context> make() const;

  cluster_settings settings_;
  std::vector<std::string> hosts_; // of `cluster.peers`
};

} // namespace parseflow::http
