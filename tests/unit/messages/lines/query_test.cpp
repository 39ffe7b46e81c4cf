// Queries: how they are read, what they match, and what is said of those that cannot be read.
#include "messages/lines/query.hpp"

#include <doctest/doctest.h>

#include "messages/lines/query_match.hpp"
#include "messages/logplex/parse.hpp"

using namespace parseflow;

namespace {

std::string counted(const std::string& line) {
  return std::to_string(line.size()) + " " + line;
}

// One line of the router, one of the app, one of the dyno manager, and bytes that are no line.
struct sample_frame {
  sample_frame() {
    origin.key = {"d.1234", "frame-1"};
    origin.app = "Shop";
    origin.received_at = timestamp{std::chrono::seconds{1'772'460'451}};
    origin.body = counted("<158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=info method=GET "
                          "path=\"/api/orders?page=2\" host=shop.example.com request_id=8601b555 "
                          "fwd=\"203.0.113.9\" dyno=web.1 connect=1ms service=1250ms status=503 bytes=512 "
                          "protocol=https\n") +
                  counted("<190>1 2026-03-02T14:07:31.5+00:00 host app worker.2 - ERROR Timeout in "
                          "PG::Error (foo(bar)) after 12:30 \"quoted\" path=/tmp -f\n") +
                  counted("<45>1 2026-03-02T14:07:32+00:00 host heroku web.1 - State changed from up to "
                          "crashed\n");
    records = logplex::parse(origin.body, {origin.mode, frame::no_count, origin.received_at});
  }

  // Which lines match, as `router app state`.
  std::string found(std::string_view text) const {
    const auto wanted = lines::parse_query(text);
    if (!wanted)
      return "! " + wanted.error().sentence;
    std::string names;
    lines::shown_line shown;
    lines::for_each_line(origin, records, [&](const lines::line_view& line) {
      shown.look_at(line);
      if (lines::matches(*wanted, shown)) {
        constexpr std::array all{"router", "app", "state"};
        names.append(names.empty() ? "" : " ").append(all.at(line.position));
        CHECK(lines::may_match(*wanted, origin));
      }
    });
    return names;
  }

  frame origin;
  parsed_body records;
};

struct refusal {
  std::size_t place;
  std::string sentence;
};

refusal refusal_of(std::string_view text) {
  const auto found = lines::parse_query(text);
  REQUIRE_MESSAGE(!found, text);
  return {found.error().place, found.error().sentence};
}

void check_refused(std::string_view text, std::size_t place, std::string_view words) {
  const auto found = refusal_of(text);
  CAPTURE(text);
  CAPTURE(found.sentence);
  CHECK(found.place == place);
  CHECK(found.sentence.find(words) != std::string::npos);
}

const std::string everything = "router app state";

} // namespace

TEST_CASE("query: lines come in the order of the body, and are looked at as they are shown") {
  const sample_frame frame;
  CHECK(frame.found("") == everything);
  CHECK(frame.found("  \t ") == everything);
  CHECK(frame.found("\"heroku[router]: at=info\"") == "router");
  CHECK(frame.found("\"app[worker.2]: error\"") == "app");
  CHECK(frame.found("heroku[web.1]:") == "state");
}

TEST_CASE("query: words are parts of the line in any case, and all of them must be there") {
  const sample_frame frame;
  CHECK(frame.found("TIMEOUT") == "app");
  CHECK(frame.found("imeou error") == "app");
  CHECK(frame.found("timeout crashed") == "");
  CHECK(frame.found("timeout AND error") == "app");
  CHECK(frame.found("host") == "router");
  CHECK(frame.found("e") == everything);
  CHECK(frame.found("absent") == "");
}

TEST_CASE("query: words may have colons, slashes, quotes, dashes and brackets of their own") {
  const sample_frame frame;
  for (const auto* text :
       {"PG::Error", "12:30", "foo(bar)", "(foo(bar))", "\"\\\"quoted\\\"\"", "path=/tmp", "/tmp", "\"-f\""})
    CHECK_MESSAGE(frame.found(text) == "app", text);
  CHECK(frame.found("- timeout") == "app");
  CHECK(frame.found("/api/orders") == "router");
  CHECK(frame.found("--flag") == "");
  CHECK(frame.found("http://x") == "");
  CHECK(frame.found("app::models") == "");
}

TEST_CASE("query: OR binds less than words side by side, a dash excludes, brackets group") {
  const sample_frame frame;
  CHECK(frame.found("timeout OR crashed") == "app state");
  CHECK(frame.found("timeout error OR crashed up") == "app state");
  CHECK(frame.found("(timeout OR crashed) up") == "state");
  CHECK(frame.found("-timeout") == "router state");
  CHECK(frame.found("-(timeout OR crashed)") == "router");
  CHECK(frame.found("-\"State changed\" -source:app") == "router");
  CHECK(frame.found("(((up)))") == "state");
  CHECK(frame.found("timeout or error") == "app"); // a word
  CHECK(frame.found("\"OR\"") == "router app");    // orders, error
}

TEST_CASE("query: fields of every kind") {
  const sample_frame frame;
  const std::pair<const char*, std::string> cases[] = {
      {"app:shop", everything},
      {"app:other", ""},
      {"drain:D.1234", everything},
      {"source:heroku", "router state"},
      {"dyno:web", "router state"},
      {"dyno:web.1", "router state"},
      {"dyno:we", ""},
      {"dyno:(worker web.2)", "app"},
      {"severity:error", "app state"},
      {"severity:>=info", everything},
      {"severity:<warn", "router"},
      {"severity:warning..fatal", "app state"},
      {"kind:request", "router"},
      {"kind:state_change", "state"},
      {"method:get", "router"},
      {"path:/orders", "router"},
      {"host:example", "router"},
      {"request_id:8601B555", "router"},
      {"ip:203.0.113.", "router"},
      {"status:503", "router"},
      {"status:5xx", "router"},
      {"status:4xx", ""},
      {"status:>=500", "router"},
      {"status:>503", ""},
      {"status:400..502", ""},
      {"status:400..", "router"},
      {"status:..503", "router"},
      {"status:(200 404 5xx)", "router"},
      {"service:>1s", "router"},
      {"service:>1250", ""},
      {"service:1250ms", "router"},
      {"service:1..2s", "router"},
      {"service:<=1250", "router"},
      {"connect:<2", "router"},
      {"bytes:512", "router"},
      {"-status:5xx", "app state"},
      {"path:\"/api/orders\" status:5xx", "router"},
  };
  for (const auto& one : cases)
    CHECK_MESSAGE(frame.found(one.first) == one.second, std::string{one.first});
}

TEST_CASE("query: regular expressions look into the line as shown, in any case unless they say so") {
  const sample_frame frame;
  CHECK(frame.found("/orders\\?page=\\d+/") == "router");
  CHECK(frame.found("/^APP\\[worker\\.\\d]: error/") == "app");
  CHECK(frame.found("/(?-i:TIMEOUT)/") == "");
  CHECK(frame.found("/timeout in .* after/ error") == "app");
  CHECK(frame.found("/\\/api\\/orders/") == "router");
  CHECK(frame.found("-/crashed$/") == "router app");
  CHECK(frame.found("(/crashed$/)") == "state");
}

TEST_CASE("query: a frame whose lines cannot match is known by its app and drain") {
  const sample_frame frame;
  const auto may_match = [&](std::string_view text) {
    return lines::may_match(lines::parse_query(text).value(), frame.origin);
  };
  CHECK(may_match("app:shop timeout"));
  CHECK_FALSE(may_match("app:other timeout"));
  CHECK(may_match("app:other OR timeout"));
  CHECK_FALSE(may_match("app:(a b) OR drain:c"));
  CHECK(may_match("-app:other"));
  CHECK_FALSE(may_match("-app:shop"));
  CHECK(may_match("-(app:shop timeout)"));
}

TEST_CASE("query: one that cannot be read says where, and what would be right") {
  check_refused("colour:red", 0, "There is no field colour");
  check_refused("a colour:red", 2, "app, drain, source");
  check_refused("status:abc", 7, "500, 5xx, >=500");
  check_refused("status:", 7, "500, 5xx");
  check_refused("status:6000xx", 7, "5xx");
  check_refused("status:..", 7, "400..499");
  check_refused("service:fast", 8, "250, >1s");
  check_refused("severity:loud", 9, "warning");
  check_refused("app:", 4, "a name");
  check_refused("status:(500", 11, "500, 5xx");
  check_refused("(a b", 0, "not closed");
  check_refused("a)", 1, "closes no (");
  check_refused(")", 0, "closes no (");
  check_refused("()", 1, "nothing");
  check_refused("a \"b c", 2, "not closed");
  check_refused("\"\"", 0, "nothing");
  check_refused("OR a", 0, "left");
  check_refused("a OR", 2, "right");
  check_refused("a AND", 2, "both sides");
  check_refused("/a(/", 0, "regular expression");
  check_refused(std::string(5000, 'x'), lines::max_query_bytes, "at most");
  check_refused(std::string(25, '(') + "a" + std::string(25, ')'), lines::max_query_depth, "at most");
  std::string many;
  for (int i = 0; i < 101; ++i)
    many += "x ";
  check_refused(many, 200, "at most 100 terms");
}

TEST_CASE("query: texts are found at every place, whatever their lengths") {
  for (std::size_t size = 1; size < 70; ++size)
    for (std::size_t at = 0; at + 1 < size; ++at) {
      std::string text(size, 'a');
      text[at] = 'x';
      for (const std::size_t wanted : {1u, 2u, 3u, 17u}) {
        if (at + wanted > size)
          continue;
        REQUIRE(lines::contains(text, text.substr(at, wanted)));
        REQUIRE_FALSE(lines::contains(text, text.substr(at, wanted) + "y"));
      }
    }
  CHECK(lines::contains("abc", ""));
  CHECK_FALSE(lines::contains("", "a"));
}

TEST_CASE("query: lines may hold any bytes") {
  sample_frame frame;
  frame.origin.body = counted(std::string("<190>1 2026-03-02T14:07:31.5+00:00 host app web.1 - a\xff") +
                              std::string(1, '\0') + "B\n");
  frame.records = logplex::parse(frame.origin.body, {frame.origin.mode, frame::no_count, {}});
  CHECK(frame.found(std::string("a\xff") + std::string(1, '\0') + "b") == "router"); // the only line
  CHECK(frame.found("/B$/") == "router");
}
