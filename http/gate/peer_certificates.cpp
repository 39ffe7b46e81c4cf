#include "http/gate/peer_certificates.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "http/gate/relay.hpp"
#include "messages/settings/endpoint.hpp"

namespace parseflow::http {

namespace {

using names = std::vector<std::string>;

bool names_one_of(X509* certificate, const names& hosts) {
  return std::any_of(hosts.begin(), hosts.end(), [certificate](const std::string& host) {
    return X509_check_ip_asc(certificate, host.c_str(), 0) == 1 ||
           X509_check_host(certificate, host.c_str(), host.size(), 0, nullptr) == 1;
  });
}

// A peer that is dialled must be the dialled host: OpenSSL checks it with what the session says.
int verify(X509_STORE_CTX* store, void* hosts) {
  if (X509_verify_cert(store) != 1)
    return 0;
  const auto* const session =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (SSL_is_server(session) == 0 ||
      names_one_of(X509_STORE_CTX_get0_cert(store), *static_cast<const names*>(hosts)))
    return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
  return 0;
}

} // namespace

peer_certificates::peer_certificates(const cluster_settings& cluster)
    : renewable_tls_context({cluster.certificate, cluster.key, cluster.authority}, [this] { return make(); }),
      settings_(cluster) {
  for (const auto& peer : cluster.peers)
    if (const auto entry = endpoint_from(peer))
      hosts_.push_back(entry->host);
  std::sort(hosts_.begin(), hosts_.end());
  hosts_.erase(std::unique(hosts_.begin(), hosts_.end()), hosts_.end());
}

expected<tls_context> peer_certificates::make() const {
  auto made = make_tls_context(TLS_method(), {settings_.certificate, "cluster.certificate"},
                               {settings_.key, "cluster.key"});
  if (!made)
    return made;
  auto* const context = made->get();
  if (SSL_CTX_load_verify_locations(context, settings_.authority.c_str(), nullptr) != 1)
    return unusable({settings_.authority, "cluster.authority"}, "it is no PEM file with a certificate");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, const_cast<names*>(&hosts_));
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET); // each connection shows its certificate
  // Peers are few and busy: they keep their buffers, and several records come with one call of the kernel.
  SSL_CTX_clear_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, relay::capacity);
  SSL_CTX_set_num_tickets(context, 0);

  auto* const own = SSL_CTX_get0_certificate(context);
  const std::unique_ptr<X509_STORE_CTX, void (*)(X509_STORE_CTX*)> trust{X509_STORE_CTX_new(),
                                                                         X509_STORE_CTX_free};
  X509_STORE_CTX_init(trust.get(), SSL_CTX_get_cert_store(context), own, nullptr);
  if (X509_verify_cert(trust.get()) != 1)
    return problem{fmt::format("no peer would accept {} (cluster.certificate): {}", settings_.certificate,
                               X509_verify_cert_error_string(X509_STORE_CTX_get_error(trust.get())))};
  if (!hosts_.empty() && !names_one_of(own, hosts_))
    return problem{fmt::format("no peer would accept {} (cluster.certificate): it names no host of "
                               "cluster.peers ({}); deploy/make-certificates.sh --renew NODE=HOST makes one "
                               "that does",
                               settings_.certificate, fmt::join(hosts_, ", "))};
  return made;
}

} // namespace parseflow::http
