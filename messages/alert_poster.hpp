// How alerts leave the service. The webhook's box posts through this and knows no HTTP; main makes it.
#pragma once

#include "messages/alert.hpp"
#include "messages/expected.hpp"

namespace parseflow {

/// Posts alerts to one place. Calls block; one thread posts, any thread may stop it.
class alert_poster {
public:
  virtual ~alert_poster() = default;

  /// Posts one alert. The problem is for the log: it shows no secret.
  virtual expected<> post(const alert& what) = 0;

  /// Ends a running `post`, and every later one at once. A message could not: `post` waits in a socket.
  virtual void stop() = 0;
};

} // namespace parseflow
