#include "http/connections/tls_certificate.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <openssl/err.h>
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

// Never asks on the terminal.
int no_password(char* /*to*/, int /*size*/, int /*is_writing*/, void* /*argument*/) {
  return 0;
}

problem unusable(const std::filesystem::path& file, std::string_view setting, std::string_view otherwise) {
  const auto code = ERR_peek_last_error();
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return {fmt::format("cannot use {} ({}): {}", file.string(), setting,
                      reason != nullptr ? std::string_view{reason} : otherwise)};
}

} // namespace

expected<> tls_certificate::load() {
  const auto times = times_now(); // before reading: a change meanwhile is a change
  const context fresh{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
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
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_password);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, chain_.c_str()) != 1)
    return unusable(chain_, "http.tls-certificate", "it is no PEM file with a certificate");
  if (SSL_CTX_use_PrivateKey_file(context, key_.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable(key_, "http.tls-key", "it is no PEM file with a key without a password");
  if (SSL_CTX_check_private_key(context) != 1)
    return unusable(key_, "http.tls-key", "it does not belong to the certificate");
  const std::lock_guard guard{mutex_};
  current_ = fresh;
  read_at_ = times;
  return {};
}

expected<bool> tls_certificate::refresh() {
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

tls_certificate::context tls_certificate::current() const {
  const std::lock_guard guard{mutex_};
  return current_;
}

tls_certificate::times tls_certificate::times_now() const {
  std::error_code ignored; // a file that is away for a moment has a time of its own
  return {std::filesystem::last_write_time(chain_, ignored), std::filesystem::last_write_time(key_, ignored)};
}

} // namespace parseflow::http
