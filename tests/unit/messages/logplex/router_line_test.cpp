// Router lines with all fields and in all forms.
#include "messages/logplex/router_line.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/messages/logplex/samples.hpp"

namespace parseflow::logplex {
namespace {

constexpr auto unknown = request_record::unknown;

std::optional<request_record> read(std::string_view text) {
  request_record r;
  return read_router_line(text, r) ? std::optional(r) : std::nullopt;
}

TEST_CASE("router line: every field is found") {
  const auto r =
      read("at=info method=GET path=\"/items?page=2\" host=shop.example.com request_id=5b0e7a4c-0c1f "
           "fwd=\"203.0.113.9\" dyno=web.2 connect=1ms service=37ms status=200 bytes=5120 protocol=https");
  REQUIRE(r);
  CHECK(r->level == severity::info);
  CHECK(r->method == "GET");
  CHECK(r->path == "/items?page=2");
  CHECK(r->host == "shop.example.com");
  CHECK(r->request_id == "5b0e7a4c-0c1f");
  CHECK(r->fwd == "203.0.113.9");
  CHECK(r->dyno == "web.2");
  CHECK(r->connect_ms == 1);
  CHECK(r->service_ms == 37);
  CHECK(r->status == 200);
  CHECK(r->bytes == 5120);
  CHECK(r->protocol == "https");
  CHECK(r->code.empty());
  CHECK(r->tls_version.empty());
  CHECK_FALSE(r->has_extra);
}

TEST_CASE("router line: the time from the header is left alone") {
  request_record r;
  r.at = timestamp{std::chrono::seconds{7}};
  REQUIRE(read_router_line("method=GET", r));
  CHECK(r.at == timestamp{std::chrono::seconds{7}});
}

TEST_CASE("router line: the order of fields does not matter") {
  const auto r =
      read("protocol=http2.0 tls_version=tls1.3 bytes=1 status=404 service=2ms connect=3ms dyno=web.1 "
           "fwd=\"\" request_id=x host=h path=\"/\" method=PUT code=H99 at=error");
  REQUIRE(r);
  CHECK(r->protocol == "http2.0");
  CHECK(r->tls_version == "tls1.3");
  CHECK(r->bytes == 1);
  CHECK(r->status == 404);
  CHECK(r->service_ms == 2);
  CHECK(r->connect_ms == 3);
  CHECK(r->dyno == "web.1");
  CHECK(r->fwd.empty());
  CHECK(r->request_id == "x");
  CHECK(r->host == "h");
  CHECK(r->path == "/");
  CHECK(r->method == "PUT");
  CHECK(r->code == "H99");
  CHECK(r->level == severity::error);
  CHECK_FALSE(r->has_extra);
}

TEST_CASE("router line: an empty number is unknown, not zero") {
  const auto r = read(
      "at=error code=H10 desc=\"App crashed\" method=GET path=\"/\" host=h request_id=r fwd=\"203.0.113.9\" "
      "dyno= connect= service= status=503 bytes= protocol=https");
  REQUIRE(r);
  CHECK(r->dyno.empty());
  CHECK(r->connect_ms == unknown);
  CHECK(r->service_ms == unknown);
  CHECK(r->bytes == unknown);
  CHECK(r->status == 503);
  CHECK(r->code == "H10");
  CHECK(read("method=GET status=")->status == unknown);
}

TEST_CASE("router line: fields without a place of their own are extra") {
  for (const std::string key : {"sock=client", "desc=\"x y\"", "cause=\"bad chunk\"", "agent=\"Bot/2.1\"",
                                "tls=true", "new_key=1", "flag", "at=notice"}) {
    CAPTURE(key);
    CHECK(read("method=GET status=200 " + key)->has_extra);
    CHECK(read(key + " method=GET status=200")->has_extra);
  }
}

TEST_CASE("router line: numbers with and without unit, with and without fraction") {
  const auto r = read("method=GET connect=1 service=30001ms status=200 bytes=4347350804.0");
  CHECK(r->connect_ms == 1);
  CHECK(r->service_ms == 30001);
  CHECK(r->bytes == 4347350804);
  CHECK_FALSE(r->has_extra);
  const auto odd = read("method=GET connect=1.5ms service=2s status=7 bytes=-1");
  CHECK(odd->connect_ms == 1);
  CHECK(odd->service_ms == unknown);
  CHECK(odd->status == unknown);
  CHECK(odd->bytes == unknown);
  CHECK(odd->has_extra);
  CHECK(read("method=GET bytes=1234567890123456789")->bytes == unknown);
  CHECK(read("method=GET bytes=123456789012345678")->bytes == 123456789012345678);
}

TEST_CASE("router line: a path may hold anything") {
  CHECK(read(R"(method=GET path="/s?q=a b&x=1" host=h)")->path == "/s?q=a b&x=1");
  CHECK(read(R"(method=GET path="/say?\"hi\"=1" host=h)")->path == R"(/say?\"hi\"=1)");
  CHECK(read(R"(method=GET path="" host=h)")->path.empty());
  CHECK(read("method=GET path= host=h")->path.empty());
  const std::string large(8192, 'p');
  CHECK(read("method=GET path=\"/" + large + "\" host=h")->path == "/" + large);
  CHECK(read("method=GET path=\"/" + large + "\" host=h")->host == "h");
}

TEST_CASE("router line: an unquoted path ends before the next known field") {
  CHECK(read("method=GET path=/a?b=c host=h")->path == "/a?b=c");
  const auto r = read("method=GET path=/a b c=d \"e f\" host=h status=200");
  CHECK(r->path == "/a b c=d \"e f\"");
  CHECK(r->host == "h");
  CHECK_FALSE(r->has_extra);
  CHECK(read("method=GET path=/a b desc=x")->path == "/a b");
  CHECK(read("method=GET path=/a b c")->path == "/a b c");
}

TEST_CASE("router line: fields may have TABs between them, and blanks before a quoted value") {
  const auto tabs = read("at=info\tmethod=GET\tpath=\"/a b\"\thost=h\tservice=5ms\tstatus=200\r");
  REQUIRE(tabs);
  CHECK(tabs->path == "/a b");
  CHECK(tabs->service_ms == 5);
  CHECK(tabs->status == 200);
  const auto cli = read(R"(at=info method=GET path= "/search?q= foo&test=bar" host=h status=404)");
  REQUIRE(cli);
  CHECK(cli->path == "/search?q= foo&test=bar");
  CHECK(cli->host == "h");
  CHECK(read("at=info method=GET path= /search?q=foo host=h")->path == "/search?q=foo");
  CHECK(read("at=info method=GET path= host=h")->path.empty());
}

TEST_CASE("router line: a path that breaks out of its quotes changes no other field") {
  const auto r = read(
      R"(at=info method=GET path="/" method=PUT at=error status=500 dyno=web.9 " host=h dyno=web.1 status=200)");
  CHECK(r->level == severity::info);
  CHECK(r->method == "GET");
  CHECK(r->dyno == "web.1");
  CHECK(r->status == 200);
  CHECK(r->has_extra);
}

TEST_CASE("router line: fwd keeps the whole list") {
  CHECK(read("method=GET fwd=\"203.0.113.9, 198.51.100.4\"")->fwd == "203.0.113.9, 198.51.100.4");
  CHECK(read("method=GET fwd=203.0.113.9,2001:db8::1")->fwd == "203.0.113.9,2001:db8::1");
  CHECK(read("method=GET fwd=\"\"")->fwd.empty());
}

TEST_CASE("router line: a text with neither method nor status is no request") {
  for (const std::string_view text :
       {"", "Router is being restarted", "at=info", "at=info code=H99", "methods=GET status"})
    CHECK_FALSE(read(text));
  CHECK(read("status=200"));
  CHECK(read("method="));
}

// Reads the text with the fast reader; nothing if that leaves it to the other one.
std::optional<request_record> read_usual(std::string_view text, std::string& readable) {
  readable = std::string(text) + std::string(field_ends::slack_bytes, '"');
  request_record r;
  return read_usual_router_line(text, readable.data(), best_field_scan(), r) ? std::optional(r)
                                                                             : std::nullopt;
}

void check_equal(const request_record& a, const request_record& b) {
  CHECK(a.method == b.method);
  CHECK(a.path == b.path);
  CHECK(a.host == b.host);
  CHECK(a.request_id == b.request_id);
  CHECK(a.fwd == b.fwd);
  CHECK(a.dyno == b.dyno);
  CHECK(a.code == b.code);
  CHECK(a.protocol == b.protocol);
  CHECK(a.tls_version == b.tls_version);
  CHECK(a.text == b.text);
  CHECK(a.connect_ms == b.connect_ms);
  CHECK(a.service_ms == b.service_ms);
  CHECK(a.bytes == b.bytes);
  CHECK(a.status == b.status);
  CHECK(a.level == b.level);
  CHECK(a.has_extra == b.has_extra);
}

std::vector<std::string> usual_texts() {
  std::vector<std::string> texts;
  for (const samples::sample& s : samples::all)
    if (s.name.starts_with("router"))
      texts.emplace_back(s.frame.substr(s.frame.find(" - ") + 3, s.frame.size() - s.frame.find(" - ") - 4));
  texts.push_back(
      "at=info method=GET path=\"/\" host=h request_id=r fwd=\"1.2.3.4\" dyno=web.1 connect=0ms service=1ms "
      "status=200 bytes=1 tls_version=tls1.2 protocol=https");
  return texts;
}

TEST_CASE("router line: every known order of fields has a fast way") {
  std::string readable;
  REQUIRE(usual_texts().size() == 9);
  for (const std::string& text : usual_texts()) {
    CAPTURE(text);
    const auto fast = read_usual(text, readable);
    REQUIRE(fast);
    check_equal(*fast, *read(text));
  }
}

TEST_CASE("router line: whatever the fast reader accepts, the reader by name reads the same") {
  std::mt19937 random(1);
  std::string readable;
  int accepted = 0;
  for (int round = 0; round < 60'000; ++round) {
    const auto texts = usual_texts();
    std::string text = texts[random() % texts.size()];
    for (auto n = random() % 3 + 1; n != 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
      case 0:
        text.erase(at, 1 + random() % 4);
        break;
      case 1:
        text.insert(at, 1, "\" =\\.0msx-"[random() % 10]);
        break;
      case 2:
        text[at] = "\" =\\.0msx-"[random() % 10];
        break;
      default: {
        const std::size_t from = random() % text.size();
        text.insert(at, text.substr(from, random() % 20));
      }
      }
    }
    CAPTURE(text);
    if (const auto fast = read_usual(text, readable)) {
      ++accepted;
      const auto slow = read(text);
      REQUIRE(slow);
      check_equal(*fast, *slow);
    }
  }
  CHECK(accepted > 10'000);
}

TEST_CASE("router line: what stands behind the text is no part of it, even if it would go on well") {
  for (const std::string& text : usual_texts())
    for (std::size_t bytes = 0; bytes <= text.size(); ++bytes) {
      const std::string readable = text + std::string(field_ends::slack_bytes, ' ');
      const std::string_view part = std::string_view(text).substr(0, bytes);
      CAPTURE(part);
      request_record fast, slow;
      if (!read_usual_router_line(part, readable.data(), best_field_scan(), fast))
        continue;
      REQUIRE(read_router_line(part, slow));
      check_equal(fast, slow);
    }
}

} // namespace
} // namespace parseflow::logplex
