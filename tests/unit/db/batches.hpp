// Batches for store tests, made by the real parser from real bodies.
#pragma once

#include <string>
#include <vector>

#include "messages/batch.hpp"

namespace parseflow {

/// 2026-03-02T14:07:00Z, the minute of `router_line` and `app_line`.
timestamp test_time();

/// What identifies a test frame.
struct frame_facts {
  std::string drain = "d.1";
  /// Empty: an id that no other frame has.
  std::string id{};
  std::string app = "shop";
  timestamp received_at = test_time();
};

/// A batch of `lines`, each a whole syslog message, which are framed by octet counts. Its partial rollup
/// counts lines and requests by minute.
batch_ptr make_batch(const frame_facts& facts, const std::vector<std::string>& lines);

/// A syslog message of Heroku's router at `at`, with the text `text`.
std::string router_message(const std::string& text,
                           const std::string& at = "2026-03-02T14:07:31.482915+00:00");

/// A syslog message of the app's web.1.
std::string app_message(const std::string& text, const std::string& at = "2026-03-02T14:07:31.482915+00:00");

/// An ordinary request line.
inline const std::string plain_request =
    R"(at=info method=GET path="/items?page=2" host=shop.example.com request_id=5b0e7a4c fwd="203.0.113.9" )"
    R"(dyno=web.2 connect=1ms service=37ms status=200 bytes=5120 protocol=https)";

} // namespace parseflow
