// POST /logdrains: who may post, what a body must be, and what each verdict is answered with.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "http/access/credentials.hpp"
#include "http/access/failed_tries.hpp"
#include "http/access/rate_limiter.hpp"
#include "http/connections/drain_way.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Answers 4xx only for errors of the sender, because Logplex drops such a batch for good.
class drain_endpoint final : public drain_way {
public:
  /// @param is_local Without credentials: only this machine's own user may post.
  /// @param on_no_room Called before a request is answered 503 because the boxes did not take its frame in
  /// time.
  drain_endpoint(const settings& configuration, bool is_local, std::function<void()> on_no_room);

  /// Requests with wrong or missing credentials since the start.
  std::uint64_t wrong_credentials() const { return wrong_credentials_.total(); }

  bool begin(const request_head& head, const ip_address& from, drain_request& request,
             httplib::Response& response, bool& is_trusted) override;
  std::uint64_t max_body_bytes() const override { return settings_.max_body_bytes; }
  void refuse_body(body_end how, const drain_request& request, httplib::Response& response) override;
  bool prepare(drain_request& request, httplib::Response& response) override;
  void answer(std::optional<verdict> given, httplib::Response& response) override;

private:
  bool is_known(const request_head& head, const ip_address& from, std::string& app, std::string& sender,
                httplib::Response& response);
  bool inflate(std::string& body, httplib::Response& response) const;
  void answer_too_large(httplib::Response& response) const;
  void answer_no_room(httplib::Response& response, std::string_view why);
  void warn_of_label(const request_head& head, const std::string& user, const std::string& app);
  void warn(const ip_address& from, std::string_view sentence, std::string_view user);

  http_settings settings_;
  bool is_local_;
  std::function<void()> on_no_room_;
  drain_register drains_;
  logplex::redactor redactor_;
  failed_tries wrong_credentials_{"refused a drain: wrong or missing credentials"};
  std::mutex mutex_;
  rate_limiter warnings_{1};       // guarded by mutex_
  std::set<std::string> labelled_; // guarded by mutex_: users whose URL names another app
};

} // namespace parseflow::http
