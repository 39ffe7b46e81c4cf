#include "http/connections/tls_context.hpp"

#include <system_error>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace parseflow::http {

namespace {

// Never asks on the terminal.
int no_password(char* /*to*/, int /*size*/, int /*is_writing*/, void* /*argument*/) {
  return 0;
}

} // namespace

problem unusable(const pem_file& file, std::string_view otherwise) {
  const auto code = ERR_peek_last_error();
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return {fmt::format("cannot use {} ({}): {}", file.path.string(), file.setting,
                      reason != nullptr ? std::string_view{reason} : otherwise)};
}

expected<tls_context> make_tls_context(const ssl_method_st* method, const pem_file& chain,
                                       const pem_file& key) {
  const tls_context fresh{SSL_CTX_new(method), SSL_CTX_free};
  if (!fresh)
    return problem{"cannot start TLS: OpenSSL is out of memory"};
  auto* const context = fresh.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection holds no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // clients resume with tickets
  SSL_CTX_set_default_passwd_cb(context, no_password);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, chain.path.c_str()) != 1)
    return unusable(chain, "it is no PEM file with a certificate");
  if (SSL_CTX_use_PrivateKey_file(context, key.path.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable(key, "it is no PEM file with a key without a password");
  if (SSL_CTX_check_private_key(context) != 1)
    return unusable(key, "it does not belong to the certificate");
  return fresh;
}

expected<> renewable_tls_context::load() {
  const auto times = times_now(); // before reading: a change meanwhile is a change
  auto fresh = make_();
  if (!fresh)
    return fresh.error();
  const std::lock_guard guard{mutex_};
  current_ = *std::move(fresh);
  read_at_ = times;
  return {};
}

expected<bool> renewable_tls_context::refresh() {
  const auto times = times_now();
  {
    const std::lock_guard guard{mutex_};
    if (times == read_at_)
      return false;
    read_at_ = times; // a pair of files that does not fit is tried again when it changes again
  }
  if (auto loaded = load(); !loaded)
    return loaded.error();
  return true;
}

tls_context renewable_tls_context::current() const {
  const std::lock_guard guard{mutex_};
  return current_;
}

renewable_tls_context::times renewable_tls_context::times_now() const {
  times result;
  std::error_code ignored; // a file that is away for a moment has a time of its own
  for (const auto& file : files_)
    result.push_back(std::filesystem::last_write_time(file, ignored));
  return result;
}

} // namespace parseflow::http
