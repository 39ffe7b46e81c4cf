// Posts alerts as JSON to a fixed URL. The only HTTP client in the service.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "messages/alert_poster.hpp"
#include "messages/settings/secret.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Posts to one URL.
class webhook_client : public alert_poster {
public:
  /// No single wait (for the connection, the handshake, or an answer) is longer than these.
  static constexpr std::chrono::seconds connect_timeout{3}, answer_timeout{15};

  /// Precondition: `webhook_target_from` can read the URL.
  explicit webhook_client(const secret& url);
  ~webhook_client() override;
  webhook_client(const webhook_client&) = delete;
  webhook_client& operator=(const webhook_client&) = delete;

  /// Posts `webhook_body`. Only a 2xx is success. Redirects are not followed; a certificate that cannot be
  /// verified is an error.
  expected<> post(const alert& what) override;

  void stop() override;

private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

/// Makes clients for the webhook of the settings, which must outlive it; empty if they name none.
std::function<std::shared_ptr<alert_poster>()> webhook_posters(const alert_settings& settings);

} // namespace parseflow::http
