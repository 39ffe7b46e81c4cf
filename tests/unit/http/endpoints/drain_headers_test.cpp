// Drain headers: which drain, frame, app and format a request has.
#include "http/endpoints/drain_headers.hpp"
#include "tests/support/problem_in.hpp"

#include <list>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace drain_headers_test {

using namespace parseflow;
using namespace parseflow::http;

namespace {

frame_head head_of(const request_head& request, std::string_view registered_app) {
  return read_frame_head(request, registered_app).value();
}

// A head, and the texts that it views.
struct sample_request {
  operator const request_head&() const { return head; }

  std::list<std::string> texts;
  request_head head;
};

sample_request request_with(const std::vector<std::pair<std::string, std::string>>& headers,
                            const char* app = nullptr) {
  sample_request sample;
  const auto keep = [&](std::string text) -> std::string_view {
    return sample.texts.emplace_back(std::move(text));
  };
  for (const auto& [name, value] : headers)
    sample.head.headers.push_back({keep(name), keep(value)});
  if (app != nullptr)
    sample.head.query = keep(std::string{"app="} + app);
  return sample;
}

} // namespace

TEST_CASE("drain headers: a Logplex request is known by its token and frame id") {
  const auto [facts, is_request_id] = head_of(request_with({{"Logplex-Drain-Token", "d.1-2"},
                                                            {"Logplex-Frame-Id", "0123ABCD"},
                                                            {"Logplex-Msg-Count", "17"},
                                                            {"X-Request-Id", "other"},
                                                            {"User-Agent", "Logplex/v72"}}),
                                              "");
  CHECK(facts.key == frame_key{"d.1-2", "0123ABCD"});
  CHECK(facts.app == "d.1-2");
  CHECK(facts.announced_lines == 17);
  CHECK(facts.mode == structured_data::absent);
}

TEST_CASE("drain headers: a log-shuttle request is known by its request id and has structured data") {
  const auto [facts, is_request_id] =
      head_of(request_with({{"X-Request-Id", "5b0e"}, {"User-Agent", "log-shuttle/0.19"}}), "shop");
  CHECK(facts.key == frame_key{"shop", "5b0e"});
  CHECK(facts.mode == structured_data::present);
}

TEST_CASE("drain headers: a frame id says Logplex, whatever the agent") {
  const auto head =
      head_of(request_with({{"Logplex-Frame-Id", "A"}, {"User-Agent", "log-shuttle/0.19"}}), "shop");
  CHECK(head.facts.mode == structured_data::absent);
}

TEST_CASE("drain headers: the app is the registered name, else the label, else the token, else default") {
  const std::vector<std::pair<std::string, std::string>> token{{"Logplex-Drain-Token", "d.1"}};
  CHECK(head_of(request_with(token, "label"), "shop").facts.app == "shop");
  CHECK(head_of(request_with(token, "label"), "").facts.app == "label");
  CHECK(head_of(request_with(token), "").facts.app == "d.1");
  CHECK(head_of(request_with({}), "").facts.app == "default");
}

TEST_CASE("drain headers: the drain is the token, else the app") {
  CHECK(head_of(request_with({{"Logplex-Drain-Token", "d.1"}}, "label"), "shop").facts.key.drain == "d.1");
  CHECK(head_of(request_with({}, "label"), "shop").facts.key.drain == "shop");
  CHECK(head_of(request_with({}, "label"), "").facts.key.drain == "label");
  CHECK(head_of(request_with({}), "").facts.key.drain == "default");
}

TEST_CASE("drain headers: a count that is no number is no count") {
  for (const auto* text : {"", "x", "-1", "1 ", "4294967296", "99999999999999999999", "1.5"})
    CHECK_MESSAGE(head_of(request_with({{"Logplex-Msg-Count", text}}), "").facts.announced_lines ==
                      frame::no_count,
                  text);
}

TEST_CASE("drain headers: a token or id that no sender writes is shortened to a hash, and costs no batch") {
  const std::string fits(200, 'a'), too_long(201, 'a'), nul("a\0b", 3);
  for (const auto* name : {"Logplex-Frame-Id", "X-Request-Id"}) {
    CHECK(head_of(request_with({{name, fits}}), "").facts.key.id == fits);
    for (const auto& text : {too_long, nul, std::string("a b"), std::string("\xc3\xbc")}) {
      const auto head = head_of(request_with({{name, text}}), "");
      CHECK(head.facts.key.id.starts_with("hashed-"));
      CHECK(head.facts.key.id.size() <= max_name_bytes);
      CHECK(head.facts.key == head_of(request_with({{name, text}}), "").facts.key);
      CHECK(head.facts.key != head_of(request_with({{name, text + "b"}}), "").facts.key);
    }
  }
  CHECK(head_of(request_with({{"Logplex-Drain-Token", fits}}), "").facts.key.drain == fits);
  CHECK(
      head_of(request_with({{"Logplex-Drain-Token", too_long}}), "").facts.key.drain.starts_with("hashed-"));
}

TEST_CASE(
    "drain headers: an app in the URL that is no name is a problem, unless the credentials name the app") {
  const std::string fits(200, 'a'), too_long(201, 'a');
  CHECK(problem_in(read_frame_head(request_with({}, fits.c_str()), "")) == "");
  CHECK(problem_in(read_frame_head(request_with({}, "m\xc3\xbc"), "")) == "");
  for (const auto* label : {too_long.c_str(), "a\nb"}) {
    CHECK_FALSE(read_frame_head(request_with({}, label), ""));
    CHECK(head_of(request_with({}, label), "shop").facts.app == "shop");
  }
}

TEST_CASE("drain headers: only an id that is a request id goes with the body") {
  CHECK(head_of(request_with({{"X-Request-Id", "R"}}), "").is_request_id);
  CHECK_FALSE(head_of(request_with({{"X-Request-Id", "R"}, {"Logplex-Frame-Id", "F"}}), "").is_request_id);
  CHECK_FALSE(head_of(request_with({}), "").is_request_id);
  CHECK(id_with_body("R", "body") == id_with_body("R", "body"));
  CHECK(id_with_body("R", "body") != id_with_body("R", "other"));
  CHECK(id_with_body("R", "body") != id_with_body("S", "body"));
}

TEST_CASE("drain headers: codings that are undone") {
  const auto coding = [](const char* value) {
    return coding_of(request_with({{"Content-Encoding", value}}));
  };
  CHECK(coding_of(request_with({})) == content_coding::none);
  CHECK(coding("identity") == content_coding::none);
  CHECK(coding("gzip") == content_coding::gzip);
  CHECK(coding("GZIP") == content_coding::gzip);
  for (const auto* value : {"br", "deflate", "zstd", "gzip, gzip", "gzip, identity", "xgzip"})
    CHECK_MESSAGE(coding(value) == content_coding::other, value);
  CHECK(coding_of(request_with({{"Content-Encoding", "gzip"}, {"Content-Encoding", "identity"}})) ==
        content_coding::other);
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
  const auto first = head_of(request_with({}), "shop").facts.key;
  const auto second = head_of(request_with({}), "shop").facts.key;
  CHECK(first.id.starts_with("unnamed-"));
  CHECK(first.id != second.id);
  CHECK(first.drain == second.drain);
}

} // namespace drain_headers_test
