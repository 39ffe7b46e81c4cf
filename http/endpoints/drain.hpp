// POST /logdrains: reads a body, hands it to the receiver, and answers when it is durable.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "http/access/byte_budget.hpp"
#include "http/access/credentials.hpp"
#include "http/access/rate_limiter.hpp"
#include "http/connections/exchange.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Any thread may call; a call blocks until there is a verdict.
class drain_endpoint {
public:
  /// How long to wait for the receiver's own verdict after `receiver_settings::hold`.
  static constexpr std::chrono::milliseconds verdict_grace{250};

  /// @param on_no_room Called on the request's thread, before the request is answered 503 because the boxes
  /// did not take its frame in time.
  drain_endpoint(const settings& configuration, entry_actor entry, std::function<void()> on_no_room);

  /// Answers one request. Precondition: its body is sized or chunked. Answers 4xx only for errors of the
  /// sender, because Logplex drops such a batch for good.
  void post(exchange& current);

private:
  bool is_acceptable(exchange& current, std::string& app);
  bool take_body(exchange& current, std::string& into, byte_budget::share& share,
                 connection::clock::time_point deadline);
  bool inflate(exchange& current, std::string& body, byte_budget::share& share,
               connection::clock::time_point deadline);
  void answer_too_large(httplib::Response& response) const;
  void answer_no_room(httplib::Response& response, std::string_view why);
  void submit(exchange& current, frame content, connection::clock::time_point deadline);
  void warn_of_label(const exchange& current, const std::string& user, const std::string& app);
  void warn(const exchange& current, std::string_view sentence, std::string_view user);

  http_settings settings_;
  std::chrono::milliseconds hold_;
  entry_actor entry_;
  std::function<void()> on_no_room_;
  drain_register drains_;
  logplex::redactor redactor_;
  byte_budget pending_;
  std::mutex mutex_;
  rate_limiter warnings_{1};       // guarded by mutex_
  std::set<std::string> labelled_; // guarded by mutex_: users whose URL names another app
};

} // namespace parseflow::http
