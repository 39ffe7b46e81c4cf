#include "http/connections/connection_end.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace parseflow::http {

namespace {

// How long to read on after our FIN before closing may cost the client its answer.
constexpr std::chrono::seconds close_grace{1};

} // namespace

bool discard(connection& line, std::uint64_t bytes) {
  std::array<char, 16 * 1024> scrap;
  while (bytes > 0) {
    const auto received = line.read(scrap.data(), std::min<std::uint64_t>(bytes, scrap.size()));
    if (received <= 0)
      return false;
    bytes -= static_cast<std::uint64_t>(received);
  }
  return true;
}

void end_gently(connection& line, std::uint64_t max_bytes) {
  line.end_sending();
  line.read_until(connection::clock::now() + close_grace);
  discard(line, max_bytes);
}

void send_refusal(connection& line, const httplib::Response& response) {
  const auto head = fmt::format(
      "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: {}\r\nContent-Type: {}\r\n\r\n",
      response.status, response.status == 408 ? "Request Timeout" : "Request Header Fields Too Large",
      response.body.size(), response.get_header_value("Content-Type"));
  line.write(head.data(), head.size());
  line.write(response.body.data(), response.body.size());
  line.flush();
  line.end_sending();
}

} // namespace parseflow::http
