// Posts JSON to a fixed URL. Uses cpp-httplib, which no other file needs to know of.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "messages/settings/secret.hpp"

namespace parseflow::actors {

/// Posts to one URL. Calls block; one thread posts, any thread may stop it.
class webhook_client {
public:
  /// No single wait (for the connection, the handshake, or an answer) is longer than these.
  static constexpr std::chrono::seconds connect_timeout{3}, answer_timeout{15};

  /// Precondition: `webhook_target_from` can read the URL.
  explicit webhook_client(const secret& url);
  ~webhook_client();
  webhook_client(const webhook_client&) = delete;
  webhook_client& operator=(const webhook_client&) = delete;

  /// Posts `body`. Returns what went wrong, for the log and without the URL; empty after a 2xx. Redirects are
  /// not followed; a certificate that cannot be verified is an error.
  std::string post(const std::string& body);

  /// Ends a running `post`, and every later one at once. A message could not: `post` waits in a socket.
  void stop();

private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

} // namespace parseflow::actors
