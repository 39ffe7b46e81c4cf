// Drain headers: which drain, batch, app and form a request stands for.
#include "http/drain_headers.hpp"

#include <doctest/doctest.h>

using namespace parseflow;
using namespace parseflow::http;

namespace {

httplib::Request request_with(const httplib::Headers& headers, const char* app = nullptr) {
  httplib::Request request;
  request.headers = headers;
  if (app != nullptr)
    request.params.emplace("app", app);
  return request;
}

} // namespace

TEST_CASE("drain headers: a Logplex request is known by its token and frame id") {
  const auto [facts, problem] = read_frame_head(request_with({{"Logplex-Drain-Token", "d.1-2"},
                                                              {"Logplex-Frame-Id", "0123ABCD"},
                                                              {"Logplex-Msg-Count", "17"},
                                                              {"X-Request-Id", "other"},
                                                              {"User-Agent", "Logplex/v72"}}),
                                                "");
  CHECK(problem.empty());
  CHECK(facts.key == frame_key{"d.1-2", "0123ABCD"});
  CHECK(facts.app == "d.1-2");
  CHECK(facts.announced_lines == 17);
  CHECK(facts.mode == structured_data::absent);
}

TEST_CASE("drain headers: a log-shuttle request is known by its request id and has structured data") {
  const auto [facts, problem] =
      read_frame_head(request_with({{"X-Request-Id", "5b0e"}, {"User-Agent", "log-shuttle/0.19"}}), "shop");
  CHECK(problem.empty());
  CHECK(facts.key == frame_key{"shop", "5b0e"});
  CHECK(facts.mode == structured_data::present);
}

TEST_CASE("drain headers: a frame id says Logplex, whatever the agent") {
  const auto head =
      read_frame_head(request_with({{"Logplex-Frame-Id", "A"}, {"User-Agent", "log-shuttle/0.19"}}), "shop");
  CHECK(head.facts.mode == structured_data::absent);
}

TEST_CASE("drain headers: the app is the registered name, else the label, else the token, else default") {
  const httplib::Headers token{{"Logplex-Drain-Token", "d.1"}};
  CHECK(read_frame_head(request_with(token, "label"), "shop").facts.app == "shop");
  CHECK(read_frame_head(request_with(token, "label"), "").facts.app == "label");
  CHECK(read_frame_head(request_with(token), "").facts.app == "d.1");
  CHECK(read_frame_head(request_with({}), "").facts.app == "default");
}

TEST_CASE("drain headers: the drain is the token, else the app") {
  CHECK(read_frame_head(request_with({{"Logplex-Drain-Token", "d.1"}}, "label"), "shop").facts.key.drain ==
        "d.1");
  CHECK(read_frame_head(request_with({}, "label"), "shop").facts.key.drain == "shop");
  CHECK(read_frame_head(request_with({}, "label"), "").facts.key.drain == "label");
  CHECK(read_frame_head(request_with({}), "").facts.key.drain == "default");
}

TEST_CASE("drain headers: a count that is no number is no count") {
  for (const auto* text : {"", "x", "-1", "1 ", "4294967296", "99999999999999999999", "1.5"})
    CHECK_MESSAGE(read_frame_head(request_with({{"Logplex-Msg-Count", text}}), "").facts.announced_lines ==
                      frame::no_count,
                  text);
}

TEST_CASE("drain headers: 200 bytes are a name, 201 are a problem") {
  const std::string fits(200, 'a'), too_long(201, 'a');
  for (const auto* name : {"Logplex-Drain-Token", "Logplex-Frame-Id", "X-Request-Id"}) {
    CHECK(read_frame_head(request_with({{name, fits}}), "").problem.empty());
    const auto refused = read_frame_head(request_with({{name, too_long}}), "");
    CHECK(refused.problem.find(name) != std::string::npos);
  }
  CHECK(read_frame_head(request_with({}, fits.c_str()), "").problem.empty());
  CHECK_FALSE(read_frame_head(request_with({}, too_long.c_str()), "").problem.empty());
}

TEST_CASE("drain headers: control bytes and spaces are no part of an id") {
  CHECK_FALSE(
      read_frame_head(request_with({{"Logplex-Frame-Id", std::string("a\0b", 3)}}), "").problem.empty());
  CHECK_FALSE(read_frame_head(request_with({{"Logplex-Frame-Id", "a b"}}), "").problem.empty());
  CHECK_FALSE(read_frame_head(request_with({{"Logplex-Drain-Token", "d.\xc3\xbc"}}), "").problem.empty());
  CHECK_FALSE(read_frame_head(request_with({}, "a\nb"), "").problem.empty());
  CHECK(read_frame_head(request_with({}, "m\xc3\xbc"), "").problem.empty());
}

TEST_CASE("drain headers: types that may hold lines") {
  for (const auto* type : {"", "application/logplex-1", "text/plain", "text/plain; charset=utf-8",
                           "Application/Octet-Stream", "application/x-www-form-urlencoded"})
    CHECK_MESSAGE(is_drain_type(type), type);
  for (const auto* type :
       {"application/json", "text/html", "multipart/form-data; boundary=x", "text/plainer"})
    CHECK_MESSAGE(!is_drain_type(type), type);
}

TEST_CASE("drain headers: a batch without a name gets one that no other has") {
  const auto first = read_frame_head(request_with({}), "shop").facts.key;
  const auto second = read_frame_head(request_with({}), "shop").facts.key;
  CHECK(first.id.starts_with("unnamed-"));
  CHECK(first.id != second.id);
  CHECK(first.drain == second.drain);
}
