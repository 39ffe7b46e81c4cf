// Posts alerts as JSON to a fixed URL. The only HTTP client in the service.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "messages/alert_poster.hpp"
#include "messages/settings/secret.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// How long a post may take.
struct webhook_limits {
  /// Until the connection is made, with its TLS and a proxy on the way.
  std::chrono::milliseconds connection{5'000};
  /// From the look-up of the name to the end of the answer.
  std::chrono::milliseconds exchange{15'000};
};

/// Posts to one URL by libcurl. A receiver can neither make a post last longer than its limits nor make it
/// take memory: of an answer at most 16 KB of head and 64 KB of body are read.
class webhook_client : public alert_poster {
public:
  /// Precondition: `webhook_target_from` can read the URL.
  explicit webhook_client(const secret& url, const webhook_limits& limits = {});
  ~webhook_client() override;
  webhook_client(const webhook_client&) = delete;
  webhook_client& operator=(const webhook_client&) = delete;

  /// Posts `webhook_body`. Only a 2xx is success; once the head of the answer is whole, its status decides.
  /// Redirects are not followed; a certificate that cannot be verified is an error.
  expected<> post(const alert& what) override;

  void stop() override;

private:
  struct transfers;
  std::unique_ptr<transfers> transfers_;
};

/// Makes clients for the webhook of the settings, which must outlive it; empty if they name none.
std::function<std::shared_ptr<alert_poster>()> webhook_posters(const alert_settings& settings);

} // namespace parseflow::http
