#include "http/gate/dial_peer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

namespace parseflow::http {

namespace {

using clock = peer_connection::clock;

constexpr std::chrono::seconds connect_limit{1};

enum class waited { ready, late, stopped };

waited wait_for(int socket, short events, int stop, clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    std::array<pollfd, 2> of{pollfd{socket, events, 0}, pollfd{stop, POLLIN, 0}};
    const int ready = poll(of.data(), of.size(), static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0)
      return of[1].revents != 0 ? waited::stopped : waited::ready;
    if (ready == 0 || errno != EINTR)
      return waited::late;
  }
}

problem stopped() {
  return {"the attempt was given up, because this node stops"};
}

// A socket that is connected to the host; closed if nobody accepts connections there.
file_descriptor connect_to(const endpoint& peer, int stop) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(peer.host.c_str(), std::to_string(peer.port).c_str(), &wanted, &found) != 0)
    return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses{found, &freeaddrinfo};
  for (const auto* at = addresses.get(); at != nullptr; at = at->ai_next) {
    file_descriptor socket{
        ::socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol)};
    if (!socket.is_open())
      continue;
    if (connect(socket.get(), at->ai_addr, at->ai_addrlen) != 0) {
      if (errno != EINPROGRESS)
        continue;
      const auto outcome = wait_for(socket.get(), POLLOUT, stop, clock::now() + connect_limit);
      if (outcome == waited::stopped)
        break;
      int error = 0;
      socklen_t size = sizeof error;
      if (outcome != waited::ready || getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 ||
          error != 0)
        continue;
    }
    return socket;
  }
  return {};
}

// The certificate of the peer must name the host that is dialled.
bool expect_host(SSL* session, const std::string& host) {
  auto* const rules = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1)
    return true;
  ERR_clear_error();
  return SSL_set_tlsext_host_name(session, host.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1;
}

constexpr std::string_view one_authority = "the certificates of both must come from one authority";

// Why the session has failed, from what OpenSSL left behind.
problem failure_of(SSL* session, const endpoint& peer) {
  const auto code = ERR_peek_error();
  const char* const text = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_reason_error_string(code) : nullptr;
  const auto reason = text != nullptr ? ERR_GET_REASON(code) : 0;
  ERR_clear_error();
  const auto verified = SSL_get_verify_result(session);
  if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
    return {fmt::format("its certificate does not name {}, as cluster.peers does", peer.host)};
  if (verified != X509_V_OK)
    return {fmt::format("this node does not trust its certificate ({}): {}",
                        X509_verify_cert_error_string(verified), one_authority)};
  if (reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE)
    return {"it does not know this node: its cluster.peers must list the host that this node's certificate "
            "names"};
  if (reason > SSL_AD_REASON_OFFSET)
    return {fmt::format("it does not trust this node's certificate ({}): {}", text, one_authority)};
  if (reason == SSL_R_WRONG_VERSION_NUMBER)
    return {"it does not speak TLS"};
  return {"it closed the connection"};
}

} // namespace

expected<std::unique_ptr<peer_connection>> dial_peer(const endpoint& peer, tls_context context, int stop,
                                                     std::chrono::milliseconds limit) {
  auto socket = connect_to(peer, stop);
  if (wait_for(-1, 0, stop, clock::now()) == waited::stopped)
    return stopped();
  if (!socket.is_open())
    return problem{"nobody accepts connections there"};
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  auto made =
      std::make_unique<peer_connection>(std::move(socket), std::move(context), tls_session::side::client);
  auto* const session = made->session.handle();
  if (session == nullptr || !expect_host(session, peer.host))
    return problem{"OpenSSL is out of memory"};
  const auto until = clock::now() + limit;
  for (;;) {
    ERR_clear_error();
    char first = 0;
    const int outcome = SSL_peek(session, &first, 1); // shakes hands first
    if (outcome == 1)
      return made;
    const int wanted = SSL_get_error(session, outcome);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
      return failure_of(session, peer);
    const short event = wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    switch (wait_for(made->socket.get(), event, stop, until)) {
    case waited::ready:
      break;
    case waited::late:
      return problem{"it accepts connections and says nothing"};
    case waited::stopped:
      return stopped();
    }
  }
}

} // namespace parseflow::http
