#include "http/connections/connection_end.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace parseflow::http {

namespace {

// How long to read on after our FIN before closing may cost the client its answer.
constexpr std::chrono::seconds close_grace{1};

} // namespace

bool discard(connection& conn, std::uint64_t bytes) {
  std::array<char, 16 * 1024> scrap;
  while (bytes > 0) {
    const auto received = conn.read(scrap.data(), std::min<std::uint64_t>(bytes, scrap.size()));
    if (received <= 0)
      return false;
    bytes -= static_cast<std::uint64_t>(received);
  }
  return true;
}

void end_gently(connection& conn, std::uint64_t max_bytes) {
  conn.end_sending();
  conn.read_until(connection::clock::now() + close_grace);
  discard(conn, max_bytes);
}

void send_refusal(connection& conn, const httplib::Response& response) {
  const auto head = fmt::format(
      "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: {}\r\nContent-Type: {}\r\n\r\n",
      response.status, response.status == 408 ? "Request Timeout" : "Request Header Fields Too Large",
      response.body.size(), response.get_header_value("Content-Type"));
  conn.write(head.data(), head.size());
  conn.write(response.body.data(), response.body.size());
  conn.flush();
  conn.end_sending();
}

} // namespace parseflow::http
