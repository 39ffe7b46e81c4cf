// Lines in a terminal: as people know them, with colours or without, and never a control character.
#include "http/render/line_text.hpp"

#include <doctest/doctest.h>

namespace line_text_test {

using namespace parseflow::http;
using nlohmann::json;

namespace {

json line_of(const std::string& text, const std::string& severity = "") {
  return {{"at", "2026-03-02T14:07:31.118Z"},
          {"source", "app"},
          {"dyno", "web.1"},
          {"kind", "text"},
          {"severity", severity},
          {"text", text}};
}

} // namespace

TEST_CASE("line text: without colours it is the line as shown, after its time") {
  CHECK(line_text(line_of("hello"), false) == "2026-03-02T14:07:31.118Z app[web.1]: hello");
  auto request = line_of("at=info");
  request["source"] = "heroku";
  request["kind"] = "request";
  CHECK(line_text(request, false) == "2026-03-02T14:07:31.118Z heroku[router]: at=info");
  auto malformed = line_of("bytes");
  malformed["source"] = malformed["dyno"] = "";
  CHECK(line_text(malformed, false) == "2026-03-02T14:07:31.118Z bytes");
}

TEST_CASE("line text: dynos have their colours, errors are red") {
  const auto first = line_text(line_of("a"), true), second = line_text(line_of("b", "error"), true);
  CHECK(first.find("\x1b[2m2026") == 0);
  CHECK(first.substr(0, first.find("app[")) == second.substr(0, second.find("app[")));
  CHECK(first.ends_with(" a"));
  CHECK(second.ends_with(" \x1b[31mb\x1b[0m"));
}

TEST_CASE("line text: a line can do nothing to the terminal") {
  CHECK(line_text(line_of("\x1b[31mred\x1b[0m \x1b]0;title\x07 \rx\ty\nz\x7f"), false)
            .ends_with("red .]0;title. .x\ty\nz."));
}

} // namespace line_text_test
