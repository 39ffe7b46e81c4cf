// Checks request heads before httplib sees them.
#include "http/connections/request_head.hpp"

#include <doctest/doctest.h>

namespace request_head_test {

using namespace parseflow::http;

namespace {

std::string without_range(std::string head, std::size_t from = 0) {
  erase_header(head, from, "Range");
  return head;
}

} // namespace

TEST_CASE("request head: every line of a header leaves it, and nothing else") {
  const std::string start = "GET / HTTP/1.1\r\n", rest = "\r\nRange: of the body\r\n";
  CHECK(without_range(start + "A: b\r\n" + rest) == start + "A: b\r\n" + rest);
  CHECK(without_range(start + rest) == start + rest);
  CHECK(without_range(start + "Range: bytes=0-1\r\n" + rest) == start + rest);
  CHECK(without_range(start + "rANGE:x\r\nA: b\r\nRange:\r\nRange: y\r\nRanges: c\r\n" + rest) ==
        start + "A: b\r\nRanges: c\r\n" + rest);
  CHECK(without_range(start + "A: b\nRange: x\n" + "C: Range: d\r\n" + rest) ==
        start + "A: b\nC: Range: d\r\n" + rest);
  CHECK(without_range("Range: x\r\n" + start + "Range: x\r\n" + rest, 10) == "Range: x\r\n" + start + rest);
}

TEST_CASE("request head: an absolute target is a path and a host") {
  const auto check = [](const char* target, const char* path, const char* host) {
    httplib::Request request;
    request.path = target;
    request.headers.emplace("Host", "other");
    make_origin_form(request);
    CHECK(request.path == path);
    CHECK(request.get_header_value("Host") == host);
  };
  check("http://example.com:80/logdrains", "/logdrains", "example.com:80");
  check("HTTPS://e/a/http://b/", "/a/http://b/", "e");
  check("http://e", "/", "e");
  check("/http://e/", "/http://e/", "other");
  check("*", "*", "other");
}

TEST_CASE("request head: gzip is taken where it is named with a weight above zero") {
  for (const auto* value :
       {"gzip", "GZIP", "br, gzip", "gzip;q=1.0, br", "deflate , gzip ; q=0.001", "gzip,br;q=0"})
    CHECK_MESSAGE(accepts_gzip(value), value);
  for (const auto* value : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "gzip2", "identity;gzip"})
    CHECK_MESSAGE(!accepts_gzip(value), value);
}

} // namespace request_head_test
