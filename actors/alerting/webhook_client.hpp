// One POST of JSON to a fixed URL. Uses cpp-httplib, of which nothing leaves this pair of files.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "messages/settings/secret.hpp"

namespace parseflow {

/// Posts to one URL. Calls block; one thread posts, any thread may stop it.
class webhook_client {
public:
  /// No single wait (for the connection, the handshake, an answer) is longer.
  static constexpr std::chrono::seconds connect_patience{3}, answer_patience{15};

  /// Precondition: `webhook_target_from` reads the URL.
  explicit webhook_client(const secret& url);
  ~webhook_client();
  webhook_client(const webhook_client&) = delete;
  webhook_client& operator=(const webhook_client&) = delete;

  /// Posts `body`. Returns what went wrong, for the log and without the URL; empty after a 2xx. Redirects are
  /// not followed; a certificate that cannot be verified is an error.
  std::string post(const std::string& body);

  /// Ends `post`, now and in future: it waits in a socket, where no message reaches it.
  void stop();

private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

} // namespace parseflow
