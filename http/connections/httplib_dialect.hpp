// Hides the differences between cpp-httplib 0.11 of Debian 12 and 0.18 of Debian 13. No other file depends on
// the version. `process_request` is internal to httplib: see cmake/TestedVersions.cmake.
#pragma once

#include <functional>
#include <string>

#include <httplib.h>

namespace parseflow::http {

/// A server of httplib that is handed one request at a time.
class request_processor : public httplib::Server {
protected:
  /// Reads one request from `conn`, has it answered and writes the answer. `prepare` is called with the head
  /// before it is processed. False if the answer could not be written.
  template <class Connection>
  bool process(Connection& conn, const std::function<void(httplib::Request&)>& prepare) {
    bool is_closed = false;
    if constexpr (requires { process_request(conn, false, is_closed, prepare); }) {
      return process_request(conn, false, is_closed, prepare);
    } else {
      std::string peer, own;
      int peer_port = 0, own_port = 0;
      conn.get_remote_ip_and_port(peer, peer_port);
      conn.get_local_ip_and_port(own, own_port);
      return process_request(conn, peer, peer_port, own, own_port, false, is_closed, prepare);
    }
  }
};

} // namespace parseflow::http
