// What TLS sessions share, read from PEM files, and its renewal while they go on.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "messages/expected.hpp"

struct ssl_ctx_st;
struct ssl_method_st;

namespace parseflow::http {

/// Certificate, key and rules; sessions that have it keep it.
using tls_context = std::shared_ptr<ssl_ctx_st>;

/// A file that a setting names.
struct pem_file {
  std::filesystem::path path;
  std::string_view setting;
};

/// For sessions with this certificate chain and key: TLS 1.2 and 1.3. Ciphers are
/// OpenSSL's choice. Fails if the files cannot be used; the problem says which and why.
expected<tls_context> make_tls_context(const ssl_method_st* method, const pem_file& chain,
                                       const pem_file& key);

/// The problem that a call of OpenSSL had with the file: the library's own words or, if it left none,
/// `otherwise`.
problem unusable(const pem_file& file, std::string_view otherwise);

/// A context that is made again when one of its files has changed. Any thread may call.
class renewable_tls_context {
public:
  using maker = std::function<expected<tls_context>()>;

  /// @param make Reads the files and makes a context.
  renewable_tls_context(std::vector<std::filesystem::path> files, maker make)
      : files_(std::move(files)), make_(std::move(make)) {}

  /// Reads the files. After a failure, which says what is wrong with which file, the context that was made
  /// before stays.
  expected<> load();

  /// Reads the files again if one of them has changed since they were read last. True if a new context is
  /// in use.
  expected<bool> refresh();

  /// The one that was made last; null before the first one.
  tls_context current() const;

private:
  using times = std::vector<std::filesystem::file_time_type>;
  times times_now() const;

  std::vector<std::filesystem::path> files_;
  maker make_;
  mutable std::mutex mutex_; // guards what follows
  tls_context current_;
  times read_at_;
};

} // namespace parseflow::http
