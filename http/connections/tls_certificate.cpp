#include "http/connections/tls_certificate.hpp"

#include <string_view>

#include <openssl/ssl.h>

namespace parseflow::http {

namespace {

constexpr std::string_view only_protocol = "http/1.1";

// A client that offers protocols must offer ours; one that offers none speaks HTTP/1.1.
int choose_protocol(SSL* /*session*/, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void* /*argument*/) {
  for (unsigned int at = 0; at < offered_size; at += 1U + offered[at]) {
    const std::string_view name{reinterpret_cast<const char*>(offered + at + 1), offered[at]};
    if (name != only_protocol)
      continue;
    *chosen = offered + at + 1;
    *chosen_size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

} // namespace

tls_certificate::tls_certificate(const std::filesystem::path& chain, const std::filesystem::path& key)
    : renewable_tls_context({chain, key}, [chain, key]() -> expected<tls_context> {
        auto made =
            make_tls_context(TLS_server_method(), {chain, "http.tls-certificate"}, {key, "http.tls-key"});
        if (made)
          SSL_CTX_set_alpn_select_cb(made->get(), choose_protocol, nullptr);
        return made;
      }) {}

} // namespace parseflow::http
