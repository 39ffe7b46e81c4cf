// Lines for tails, and a tail of the built program as a browser reads it.
#pragma once

#include <optional>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/service.hpp"

namespace parseflow::e2e {

/// METRICS_API_KEY of the services whose tails are read; one without a key takes it as well.
inline const std::string reader_key = "a-key-of-16-letters";

/// Posts lines `number=FROM` to `number=TO - 1` of one dyno, as one frame.
inline void post_numbers(const service& running, int from, int to, const std::string& app = "shop") {
  std::string body;
  for (int i = from; i < to; ++i) {
    const auto line = "<190>1 2026-03-02T14:07:31+00:00 host app web.1 - number=" + std::to_string(i) + "\n";
    body += std::to_string(line.size()) + " " + line;
  }
  http_connection conn{running.port()};
  REQUIRE(conn.send(drain_request(body, static_cast<std::size_t>(to - from), app + std::to_string(from),
                                  "Logplex-Drain-Token: d." + app + "\r\n", "/logdrains?app=" + app)));
  REQUIRE(conn.receive()->status == 204);
}

/// One answer of `GET /api/logs/tail`.
class event_stream {
public:
  struct event {
    /// `message` for a line.
    std::string name;
    nlohmann::json data;
  };

  event_stream(const service& running, const std::string& query, const std::string& headers = {})
      : conn_(running.port()) {
    REQUIRE(conn_.send("GET /api/logs/tail" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: " +
                       reader_key + "\r\n" + headers + "\r\n"));
    REQUIRE(conn_.receive_head()->status == 200);
  }

  /// Nothing if the stream ends or nothing comes.
  std::optional<event> next_event() {
    for (;;) {
      for (auto end = text_.find("\n\n"); end != std::string::npos; end = text_.find("\n\n")) {
        const auto whole = text_.substr(0, end);
        text_.erase(0, end + 2);
        const auto data = whole.find("data: ");
        if (data == std::string::npos)
          continue;
        const auto name = whole.starts_with("event: ") ? whole.substr(7, whole.find('\n') - 7) : "message";
        return event{name, nlohmann::json::parse(whole.substr(data + 6))};
      }
      const auto chunk = conn_.receive_chunk(timeout);
      if (!chunk || chunk->empty())
        return std::nullopt;
      text_ += *chunk;
    }
  }

  /// The next line; null if there is none.
  nlohmann::json next() {
    for (;;) {
      const auto found = next_event();
      if (!found)
        return nullptr;
      if (found->name == "message")
        return found->data;
    }
  }

private:
  http_connection conn_;
  std::string text_;
};

} // namespace parseflow::e2e
