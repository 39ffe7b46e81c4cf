// The endpoint under which each path is counted.
#include "messages/logplex/endpoint_path.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parseflow::logplex {
namespace {

std::string endpoint(std::string_view path) {
  std::string scratch = "left over";
  return std::string(endpoint_of(path, scratch));
}

TEST_CASE("endpoint: a path without identifiers is the path itself, not a copy") {
  const std::string_view path = "/users/list.json";
  std::string scratch;
  CHECK(endpoint_of(path, scratch).data() == path.data());
  CHECK(endpoint_of(path, scratch) == path);
}

TEST_CASE("endpoint: query and fragment are dropped") {
  CHECK(endpoint("/items?page=2") == "/items");
  CHECK(endpoint("/items#top") == "/items");
  CHECK(endpoint("/items#a?b") == "/items");
  CHECK(endpoint("/?") == "/");
}

TEST_CASE("endpoint: identifiers are replaced") {
  CHECK(endpoint("/users/42") == "/users/:id");
  CHECK(endpoint("/users/42/") == "/users/:id/");
  CHECK(endpoint("/users/42/posts/7?x=1") == "/users/:id/posts/:id");
  CHECK(endpoint("/o/5b0e7a4c-0c1f-4d2e-9a77-6f1d0c3b8e11/edit") == "/o/:id/edit");
  CHECK(endpoint("/commit/4c1e9ab2d0") == "/commit/:id");
  CHECK(endpoint("/t/aZ3kP9xQ2mL7rT1w/x") == "/t/:id/x");
  CHECK(endpoint("/unsubscribe/dev@example.com") == "/unsubscribe/:id");
  CHECK(endpoint("/" + std::string(65, 'a')) == "/:id");
  CHECK(endpoint("/items/42.json") == "/items/:id.json");
}

TEST_CASE("endpoint: words are kept") {
  for (const std::string_view path :
       {"/", "", "*", "/v2/users", "/deadbeef", "/facade", "/how-to-bake-2-cakes-in-10-minutes",
        "/iphone-15-pro-max-256gb", "/assets/app.js", "/a//b", "/2fa", "/c/beef123", "/feedback", "/@",
        "/grüße/aus-zürich"}) {
    CAPTURE(path);
    CHECK(endpoint(path) == path);
  }
}

TEST_CASE("endpoint: the absolute form loses its origin") {
  CHECK(endpoint("http://shop.example.com/items/1") == "/items/:id");
  CHECK(endpoint("https://shop.example.com") == "");
}

TEST_CASE("endpoint: a quote is one, however the line writes it") {
  std::string scratch;
  CHECK(endpoint_of(R"(/say/\"hi\")", scratch) == R"(/say/"hi")");
  CHECK(endpoint_of(R"(/say/"hi")", scratch) == R"(/say/"hi")");
  CHECK(endpoint_of(R"(/say/\"hi\"/4711/x?q=\"a\")", scratch) == R"(/say/"hi"/:id/x)");
  CHECK(endpoint_of(R"(/4711/\"x.\")", scratch) == R"(/:id/"x.")");
  CHECK(endpoint_of(R"(/win\)", scratch) == R"(/win\)");
}

TEST_CASE("endpoint: at most 128 bytes, cut between segments") {
  std::string path;
  for (int i = 0; i < 40; ++i)
    path += "/segment";
  CHECK(endpoint(path).size() <= 128);
  CHECK(endpoint(path) == path.substr(0, 121));
  CHECK(endpoint("/1" + path).size() <= 128);
  CHECK(endpoint("/1" + path).starts_with("/:id/segment/"));
}

} // namespace
} // namespace parseflow::logplex
