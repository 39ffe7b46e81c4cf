// Reads server-sent events out of bytes as they arrive (WHATWG HTML, 9.2).
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace parseflow::http {

struct server_event {
  /// `message` if the event names none.
  std::string name = "message";
  std::string data;
  /// Of this event, or of the last one before it that had any.
  std::string id;
};

class event_reader {
public:
  /// The most bytes of a line; a longer one is cut.
  static constexpr std::size_t max_line_bytes = 8 * 1024 * 1024;

  /// Calls `take` with each event that is complete now.
  void feed(std::string_view bytes, const std::function<void(const server_event&)>& take);

  /// Forgets an event that has not arrived completely: the connection has ended.
  void cut();

private:
  void take_line(std::string_view line, const std::function<void(const server_event&)>& take);

  std::string line_;
  server_event next_;
  bool has_data_ = false;
};

} // namespace parseflow::http
