// Colour codes, and the bodies of `heroku logs --force-colors`.
#include "messages/logplex/colour_codes.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/messages/logplex/compose.hpp"

namespace parseflow::logplex {
namespace {

std::string printed(std::string body) {
  remove_printed_colours(body);
  return body;
}

TEST_CASE("colour codes: are found at either end, as bytes and as JSON writes them") {
  CHECK(without_colours_around("\x1b[31merror\x1b[39m") == "error");
  CHECK(without_colours_around("\x1b[1m\x1b[38;5;196merror\x1b[0m\x1b[0m") == "error");
  CHECK(without_colours_around(R"(\u001b[31merror\u001B[39m)") == "error");
  CHECK(without_colours_around("\x1b[m") == "");
  for (const std::string_view text : {"", "m", "31m", "[31m", "error", "\x1b[31", "\x1b[31x", "a\x1b[31mb",
                                      "\x1b"
                                      "31m"})
    CHECK(without_colours_around(text) == text);
}

TEST_CASE("colour codes: what the CLI prints in colours is read like what it prints without") {
  const std::string plain = "2026-03-02T14:07:31.482915+00:00 heroku[router]: at=info method=GET path=\"/\" "
                            "dyno=web.1 connect=1ms service=12ms status=200 bytes=3\n"
                            "2026-03-02T14:07:32.482915+00:00 app[web.1]: hello\n";
  const std::string coloured =
      "\x1b[36m2026-03-02T14:07:31.482915+00:00 heroku[router]:\x1b[39m "
      "\x1b[2mat=\x1b[22m\x1b[2minfo\x1b[22m "
      "\x1b[2mmethod=\x1b[22m\x1b[1m\x1b[35mGET\x1b[39m\x1b[22m \x1b[2mpath=\x1b[22m\x1b[2m\"/\"\x1b[22m "
      "dyno=\x1b[36mweb.1\x1b[39m connect=1ms service=12ms status=\x1b[32m200\x1b[39m bytes=3\n"
      "\x1b[36m2026-03-02T14:07:32.482915+00:00 app[web.1]:\x1b[39m hello\n";
  CHECK(printed(coloured) == plain);
  const auto body = read(printed(coloured));
  CHECK(body.framing.malformed == 0);
  REQUIRE(body.requests.size() == 1);
  CHECK(body.requests[0].status == 200);
}

TEST_CASE("colour codes: stay in every other body") {
  const std::string text = "\x1b[31mred\x1b[0m";
  for (const std::string& body :
       {frame_of("app", "web.1", text), text, "2026-03-02T14:07:31Z app[web.1]: " + text, std::string(),
        std::string("\x1b")})
    CHECK(printed(body) == body);
}

} // namespace
} // namespace parseflow::logplex
