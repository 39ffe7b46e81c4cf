// Makes the calls that CAF would make with the files, but answers with a problem instead of throwing.
#include "actors/cluster/tls_files.hpp"

#include <memory>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace parseflow::actors {

namespace {

std::string reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const text = ERR_reason_error_string(code);
  return text ? text : "unknown reason";
}

problem refused(const char* setting, const std::string& path) {
  return {fmt::format("cannot use {} ({}): {}", path, setting, reason())};
}

} // namespace

expected<> check_tls_files(const cluster_settings& cluster) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  if (!context)
    return problem{fmt::format("cannot use TLS: {}", reason())};
  auto* const tls = context.get();
  if (SSL_CTX_use_certificate_chain_file(tls, cluster.certificate.c_str()) != 1)
    return refused("cluster.certificate", cluster.certificate);
  if (SSL_CTX_use_PrivateKey_file(tls, cluster.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return refused("cluster.key", cluster.key);
  if (SSL_CTX_load_verify_locations(tls, cluster.authority.c_str(), nullptr) != 1)
    return refused("cluster.authority", cluster.authority);
  const std::unique_ptr<X509_STORE_CTX, void (*)(X509_STORE_CTX*)> trust{X509_STORE_CTX_new(),
                                                                         X509_STORE_CTX_free};
  X509_STORE_CTX_init(trust.get(), SSL_CTX_get_cert_store(tls), SSL_CTX_get0_certificate(tls), nullptr);
  if (X509_verify_cert(trust.get()) != 1)
    return problem{fmt::format("no peer would accept {} (cluster.certificate): {}", cluster.certificate,
                               X509_verify_cert_error_string(X509_STORE_CTX_get_error(trust.get())))};
  return {};
}

} // namespace parseflow::actors
