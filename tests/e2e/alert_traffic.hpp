// Traffic that raises alerts in a program under test, and the alerts that its webhook posted.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tests/e2e/service.hpp"
#include "tests/support/scripted_server.hpp"

namespace parseflow::e2e {

/// The answer of a webhook receiver that accepts an alert.
inline const std::string alert_taken = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Posts one body of `count` router lines with that status, dated now. Checks that it is acknowledged.
void post_requests(const service& to, const std::string& app, int count, int status);

/// The bodies of all posts so far.
nlohmann::json alerts_posted_to(const scripted_server& receiver);

} // namespace parseflow::e2e
