// The certificate with which the service ends TLS of its HTTP clients.
#pragma once

#include <filesystem>

#include "http/connections/tls_context.hpp"

namespace parseflow::http {

/// A certificate chain and its key, read from the PEM files of `http.tls-certificate` and `http.tls-key`.
class tls_certificate : public renewable_tls_context {
public:
  tls_certificate(const std::filesystem::path& chain, const std::filesystem::path& key);
};

} // namespace parseflow::http
