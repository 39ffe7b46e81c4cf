// `POST /logdrains`: authenticates, bounds and reads the body, and waits for the receiver's verdict.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "http/auth.hpp"
#include "http/body_budget.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings.hpp"

#include <httplib.h>

namespace parseflow::http {

/// Turns drain requests into submissions. Any thread may call.
class drain_endpoint {
public:
  /// @param hold How long the receiver takes at most for its verdict.
  drain_endpoint(const http_settings& settings, std::chrono::milliseconds hold, receiver_actor receiver);

  /// Answers one request. Reads its body to the end in every case, so that the connection stays usable.
  void handle(const httplib::Request& request, httplib::Response& response,
              const httplib::ContentReader& read);

private:
  // What a request is refused with before its body matters.
  struct refusal {
    int status = 0;
    const char* code = "";
    std::string message;
  };

  std::optional<refusal> check(const httplib::Request& request, frame& content);
  std::optional<refusal> identify(const httplib::Request& request, frame& content);
  void submit(frame_ptr content, std::chrono::steady_clock::time_point deadline, httplib::Response& response);
  void note_refused_credentials(const httplib::Request& request, const std::string& user);

  http_settings settings_;
  std::chrono::milliseconds hold_;
  receiver_actor receiver_;
  drain_register drains_;
  body_budget budget_;
  // When a peer's refused credentials were logged last: once a minute is enough.
  std::mutex mutex_;
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> noted_;
};

} // namespace parseflow::http
