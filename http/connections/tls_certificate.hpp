// The certificate with which the service ends TLS, and its renewal while it serves.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "messages/expected.hpp"

struct ssl_ctx_st;

namespace parseflow::http {

/// A certificate chain and its key, read from PEM files. TLS 1.2 and 1.3; ciphers are OpenSSL's choice. Any
/// thread may call.
class tls_certificate {
public:
  /// What the sessions of one certificate share.
  using context = std::shared_ptr<ssl_ctx_st>;

  tls_certificate(std::filesystem::path chain, std::filesystem::path key)
      : chain_(std::move(chain)), key_(std::move(key)) {}

  /// Reads the files. After a failure, which says what is wrong with which file, the certificate that was
  /// read before stays.
  expected<> load();

  /// Reads the files again if one of them has changed since they were read last. True if a new certificate
  /// is in use.
  expected<bool> refresh();

  /// Of the certificate that was read last; null before the first one. Sessions that have it keep it.
  context current() const;

private:
  using file_time = std::filesystem::file_time_type;
  struct times {
    file_time chain, key;
    bool operator==(const times&) const = default;
  };
  times times_now() const;

  std::filesystem::path chain_, key_;
  mutable std::mutex mutex_; // guards what follows
  context current_;
  times read_at_;
};

} // namespace parseflow::http
