// POST /logdrains: who may post, what a body must be, and what each verdict is answered with.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "http/access/drain_register.hpp"
#include "http/access/failed_tries.hpp"
#include "http/access/rate_limiter.hpp"
#include "http/connections/drain_way.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// Answers 4xx only for errors of the sender, because Logplex drops such a batch for good.
class drain_endpoint final : public drain_way {
public:
  /// Who may post while no drain is registered.
  enum class anonymous : std::uint8_t {
    nobody,
    local, ///< This machine's own user.
    anyone,
  };

  /// @param drains Must outlive the endpoint.
  /// @param on_no_room Called before a request is answered 503 because the boxes did not take its frame in
  /// time.
  drain_endpoint(const settings& configuration, drain_register& drains, anonymous without_drains,
                 std::function<void()> on_no_room);

  /// Requests with wrong or missing credentials since the start.
  std::uint64_t wrong_credentials() const { return wrong_credentials_.total(); }

  drain_step begin(const drain_arrival& arrival, drain_request& request, httplib::Response& response,
                   bool& is_trusted) override;
  void check(const std::string& authorization) override;
  std::uint64_t max_body_bytes() const override { return settings_.max_body_bytes; }
  void refuse_body(body_end how, const drain_request& request, httplib::Response& response) override;
  bool prepare(drain_request& request, httplib::Response& response) override;
  void answer(std::optional<verdict> given, httplib::Response& response) override;

  /// What is hidden in the bodies of requests from now on. Any thread may call.
  void take_up(const logplex::redaction_settings& redaction);

private:
  drain_step identify(const drain_arrival& arrival, std::shared_ptr<const known_drain>& who,
                      httplib::Response& response);
  bool admit_anonymous(const request_head& head, httplib::Response& response) const;
  bool label(const drain_arrival& arrival, const known_drain& who, frame& content,
             httplib::Response& response);
  bool inflate(std::string& body, httplib::Response& response) const;
  void answer_too_large(httplib::Response& response) const;
  void answer_no_room(httplib::Response& response, std::string_view why);
  std::string app_for(const request_head& head, const known_drain& who);
  void warn_of_label(const std::string& label, const known_drain& who, const std::string& app);
  std::shared_ptr<const logplex::redactor> redactor();
  void warn(const ip_address& from, std::string_view sentence, std::string_view user);

  http_settings settings_;
  drain_register& drains_;
  anonymous without_drains_;
  std::function<void()> on_no_room_;
  failed_tries wrong_credentials_{"refused a drain: wrong or missing credentials"};
  std::mutex mutex_;
  std::shared_ptr<const logplex::redactor> redactor_; // guarded by mutex_
  rate_limiter warnings_{1};                          // guarded by mutex_
  std::set<std::string> labelled_;                    // guarded by mutex_: users whose URL names another app
};

} // namespace parseflow::http
