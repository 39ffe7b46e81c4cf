// PROXY headers: both versions, cut at every byte, and what is none.
#include "http/connections/proxy_header.hpp"

#include <string>

#include <doctest/doctest.h>

namespace proxy_header_test {

using namespace parseflow::http;
using end = proxy_header::end;

namespace {

// A header of version 2.
std::string binary(char command, char family, const std::string& rest) {
  std::string bytes{"\r\n\r\n\0\r\nQUIT\n", 12};
  bytes += command;
  bytes += family;
  bytes += static_cast<char>(rest.size() >> 8);
  bytes += static_cast<char>(rest.size() & 0xff);
  return bytes + rest;
}

const std::string ipv4{"\xcb\x00\x71\x07\xcb\x00\x71\x08\xc0\x00\x01\xbb", 12};
const std::string ipv6 = std::string{"\x20\x01\x0d\xb8", 4} + std::string(11, '\0') + "\x07" +
                         std::string(16, '\1') + std::string{"\xc0\x00\x01\xbb", 4};

std::string client_in(const std::string& header) {
  for (std::size_t size = 0; size < header.size(); ++size)
    REQUIRE(read_proxy_header(header.substr(0, size)).now == end::incomplete);
  const auto found = read_proxy_header(header + "GET / HTTP/1.1\r\n");
  REQUIRE(found.now == end::complete);
  REQUIRE(found.size == header.size());
  return found.client ? found.client->text() : "";
}

} // namespace

TEST_CASE("PROXY header: a line names the client") {
  CHECK(client_in("PROXY TCP4 203.0.113.7 203.0.113.8 49152 443\r\n") == "203.0.113.7");
  CHECK(client_in("PROXY TCP6 2001:db8::7 2001:db8::8 49152 443\r\n") == "2001:db8::7");
  CHECK(client_in("PROXY UNKNOWN\r\n") == "");
  CHECK(client_in("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n") == "");
}

TEST_CASE("PROXY header: the binary form names the client") {
  CHECK(client_in(binary('\x21', '\x11', ipv4)) == "203.0.113.7");
  CHECK(client_in(binary('\x21', '\x21', ipv6)) == "2001:db8::7");
  CHECK(client_in(binary('\x21', '\x11', ipv4 + std::string(300, 'x'))) == "203.0.113.7"); // with extensions
  CHECK(client_in(binary('\x20', '\x00', "")) == "");                                      // the proxy's own
  CHECK(client_in(binary('\x20', '\x11', ipv4)) == "");
  CHECK(client_in(binary('\x21', '\x31', std::string(216, 'u'))) == ""); // a Unix socket
}

TEST_CASE("PROXY header: what is none, or malformed, is refused") {
  for (const std::string bytes :
       {"GET / HTTP/1.1\r\n", "\x16\x03\x01", "PROXX", "proxy TCP4", "\r\n\r\n\r\n",
        "PROXY TCP4 203.0.113.7 203.0.113.8 49152\r\n", "PROXY TCP4 203.0.113.7 203.0.113.8 49152 443 1\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::8 49152 443\r\n",
        "PROXY TCP4 203.0.113.7 203.0.113.8 70000 443\r\n",
        "PROXY TCP4  203.0.113.7 203.0.113.8 49152 443\r\n",
        "PROXY UDP4 203.0.113.7 203.0.113.8 49152 443\r\n", "PROXY \r\n"})
    CHECK_MESSAGE(read_proxy_header(bytes).now == end::refused, bytes);
  CHECK(read_proxy_header("PROXY UNKNOWN " + std::string(100, 'x')).now ==
        end::refused);                                                        // no end within 107 bytes
  CHECK(read_proxy_header(binary('\x11', '\x11', ipv4)).now == end::refused); // version 1
  CHECK(read_proxy_header(binary('\x22', '\x11', ipv4)).now == end::refused); // no such command
  CHECK(read_proxy_header(binary('\x21', '\x11', ipv4.substr(1))).now == end::refused);
  CHECK(read_proxy_header(binary('\x21', '\x21', ipv6.substr(1))).now == end::refused);
  CHECK(read_proxy_header(binary('\x21', '\x11', std::string(5000, 'x'))).now == end::refused);
}

} // namespace proxy_header_test
