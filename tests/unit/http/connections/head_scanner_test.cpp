// The head scanner: what a request must look like, and what every lenient form is answered with.
#include "http/connections/head_scanner.hpp"

#include <string>

#include <doctest/doctest.h>

namespace head_scanner_test {

using namespace parseflow::http;
using end = scanned_head::end;

namespace {

constexpr auto form_sized = announced_body::form::sized;

struct scanned {
  scanned_head result;
  request_head head;
};

scanned scan(std::string_view bytes) {
  scanned found;
  std::size_t searched = 0;
  found.result = scan_head(bytes, searched, found.head);
  return found;
}

// The status of a refusal; 0 if there is none.
int status_of(std::string_view bytes) {
  const auto result = scan(bytes).result;
  return result.now == end::refused ? result.why.status : 0;
}

// The status of a GET with these further header lines.
int status_with(const std::string& lines) {
  return status_of("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
}

} // namespace

TEST_CASE("head scanner: a request of Logplex") {
  const std::string text = "POST /logdrains?app=shop&x HTTP/1.1\r\n"
                           "Host: logs.example.com:443\r\n"
                           "Content-Type: application/logplex-1\r\n"
                           "logplex-msg-count: 2\r\n"
                           "User-Agent:\t Logplex/v72 \t\r\n"
                           "X-Empty:\r\n"
                           "Content-Length: 120\r\n\r\n";
  const auto with_body = text + "83 <40>1";
  const auto [result, head] = scan(with_body);
  REQUIRE(result.now == end::complete);
  CHECK(result.size == text.size());
  CHECK(head.method == "POST");
  CHECK(head.path == "/logdrains");
  CHECK(head.query == "app=shop&x");
  CHECK(head.host == "logs.example.com:443");
  CHECK(head.headers.size() == 6);
  CHECK(head.value("Logplex-Msg-Count") == "2");
  CHECK(head.value("User-Agent") == "Logplex/v72");
  CHECK(head.has("X-Empty"));
  CHECK(head.value("X-Empty") == "");
  CHECK(head.body.kind == form_sized);
  CHECK(head.body.bytes == 120);
  CHECK_FALSE(head.closes);
}

TEST_CASE("head scanner: a head may be cut at every byte, and one head leaves nothing to the next") {
  const std::string first = "POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: "
                            "100-continue\r\nConnection: close\r\n\r\n";
  const std::string second = "GET /b HTTP/1.1\r\nHost: b\r\n\r\n";
  request_head head;
  for (std::size_t cut = 1; cut < first.size(); ++cut) {
    std::size_t searched = 0;
    REQUIRE(scan_head(std::string_view{first}.substr(0, cut), searched, head).now == end::partial);
    REQUIRE(scan_head(first, searched, head).now == end::complete);
    CHECK(head.body.kind == announced_body::form::chunked);
    CHECK(head.expects_continue);
    CHECK(head.closes);
    searched = 0;
    REQUIRE(scan_head(second, searched, head).now == end::complete);
    CHECK(head.path == "/b");
    CHECK(head.query == "");
    CHECK(head.host == "b");
    CHECK(head.body.kind == announced_body::form::none);
    CHECK_FALSE(head.expects_continue);
    CHECK_FALSE(head.closes);
  }
}

TEST_CASE("head scanner: an absolute target is a path and a host (RFC 9112, 3.2.2)") {
  const auto check = [](const std::string& target, std::string_view path, std::string_view query,
                        std::string_view host) {
    const std::string text = "GET " + target + " HTTP/1.1\r\nHost: other\r\n\r\n";
    const auto [result, head] = scan(text);
    REQUIRE_MESSAGE(result.now == end::complete, target);
    CHECK(head.path == path);
    CHECK(head.query == query);
    CHECK(head.host == host);
  };
  check("http://example.com:80/logdrains?a=b", "/logdrains", "a=b", "example.com:80");
  check("HTTPS://e/a/http://b/", "/a/http://b/", "", "e");
  check("http://e", "/", "", "e");
  check("http://e?q", "/", "q", "e");
  check("/http://e/", "/http://e/", "", "other");
  check("*", "*", "", "other");
  CHECK(status_of("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET http://u@h/x HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("head scanner: lengths that could be read in two ways are refused") {
  for (const auto* value :
       {"%31%31", "+11", "-11", "0x0b", "11, 11", "1 1", "", "18446744073709551616", "11;", "\xb2"})
    CHECK_MESSAGE(status_with(std::string("Content-Length: ") + value + "\r\n") == 400, value);
  CHECK(status_with("Content-Length: 11\r\nContent-Length: 12\r\n") == 400);
  CHECK(status_with("Content-Length: 11\r\nContent-Length: 11\r\n") == 0);
  CHECK(status_with("Content-Length: 11\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(status_with("Transfer-Encoding: chunked\r\nContent-Length: 11\r\n") == 400);
  for (const auto* value : {"", "identity", "xchunked", "chunked, chunked", "gzip, chunked", "chunked;a=b"})
    CHECK_MESSAGE(status_with(std::string("Transfer-Encoding: ") + value + "\r\n") == 400, value);
  CHECK(status_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(status_with("Transfer-Encoding: CHUNKED\r\n") == 0);
}

TEST_CASE("head scanner: lenient forms of header lines are refused") {
  for (const auto* line : {"Name : value", "Name", ": value", " Name: value", "Na me: value", "Name\t: value",
                           "Transfer-Encoding\x0b: chunked", "N\xc3\xbc: x", "A: b\r\n folded",
                           "A: b\r\n\tfolded", "A: b\rC: d", "A: \x01", "A: \x7f", "A: \x0b"})
    CHECK_MESSAGE(status_with(std::string(line) + "\r\n") == 400, line);
  CHECK(status_with(std::string("A: b\0c\r\n", 8)) == 400);
  CHECK(status_with(std::string("A\0: b\r\n", 7)) == 400);
  CHECK(status_with("A: \xc3\xbc\r\n") == 0); // bytes above 0x7f may stand in values
}

TEST_CASE("head scanner: lines end with CR LF, and with nothing else") {
  CHECK(status_of("GET / HTTP/1.1\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\n\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\n") == 400); // at once, and not when the head is complete
  CHECK(status_of("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("head scanner: one host is needed, and only one") {
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: %61\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: [::1]:5000\r\n\r\n") == 0);
  CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 0);
}

TEST_CASE("head scanner: request lines") {
  const std::string rest = "\r\nHost: a\r\n\r\n";
  for (const auto* line :
       {"GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /a b HTTP/1.1", "GET\t/ HTTP/1.1",
        "GET / HTTP/1.1x", "GET / http/1.1", "GET / HTTP/11", "GET x HTTP/1.1", "CONNECT a:443 HTTP/1.1",
        "GET /\xc3\xbc HTTP/1.1", "GET /\x7f HTTP/1.1", "G(T / HTTP/1.1"})
    CHECK_MESSAGE(status_of(line + rest) == 400, line);
  CHECK(status_of(" GET / HTTP/1.1" + rest) == 400);
  CHECK(status_of("GET / HTTP/2.0" + rest) == 505);
  CHECK(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
  CHECK(status_of("BREW / HTTP/1.1" + rest) == 501);
  CHECK(status_of("get / HTTP/1.1" + rest) == 501);
}

TEST_CASE("head scanner: what is no HTTP is refused with its first byte") {
  CHECK(status_of("\x16") == 400); // TLS
  CHECK(status_of("{") == 400);
  CHECK(status_of(std::string("\0", 1)) == 400);
  CHECK(status_of("G") == 0);
}

TEST_CASE("head scanner: limits") {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  CHECK(status_of("GET /" + std::string(max_target_bytes - 1, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 0);
  CHECK(status_of("GET /" + std::string(max_target_bytes, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
  CHECK(status_of(start + "A: " + std::string(max_header_bytes - 3, 'x') + "\r\n\r\n") == 0);
  CHECK(status_of(start + "A: " + std::string(max_header_bytes, 'x') + "\r\n\r\n") == 431);
  std::string many, large;
  for (std::size_t i = 1; i < max_headers; ++i)
    many += "A: b\r\n";
  CHECK(status_of(start + many + "\r\n") == 0);
  CHECK(status_of(start + many + "A: b\r\n\r\n") == 431);
  while (large.size() < max_head_bytes)
    large += "A: " + std::string(1000, 'x') + "\r\n";
  CHECK(status_of(start + large + "\r\n") == 431);
  CHECK(status_of(start + large) == 431);
  CHECK(status_of("GET /" + std::string(max_head_bytes, 'x')) == 414);
}

TEST_CASE("head scanner: who wants to close and who waits for a go-ahead") {
  for (const auto* value : {"close", "Close", "TE, close", "close,x"})
    CHECK_MESSAGE(
        scan("GET / HTTP/1.1\r\nHost: a\r\nConnection: " + std::string(value) + "\r\n\r\n").head.closes,
        value);
  for (const auto* value : {"keep-alive", "closed", ""})
    CHECK_MESSAGE(
        !scan("GET / HTTP/1.1\r\nHost: a\r\nConnection: " + std::string(value) + "\r\n\r\n").head.closes,
        value);
  CHECK(scan("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").head.closes);
}

} // namespace head_scanner_test
