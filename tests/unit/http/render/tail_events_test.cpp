// Lines as server-sent events: each is JSON on one line, whatever bytes the line holds.
#include "http/render/tail_events.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "messages/logplex/parse.hpp"

namespace tail_events_test {

using namespace parseflow;
using namespace parseflow::http;

namespace {

std::string event_of(const std::string& line, lines::line_id id = {timestamp{std::chrono::seconds{1}}, 7}) {
  frame origin;
  origin.key = {"d.1", "f"};
  origin.app = "shop";
  origin.body = std::to_string(line.size()) + " " + line;
  // A line that is dated far from its receipt gets the time of that.
  origin.received_at = timestamp{std::chrono::seconds{1'772'460'451}};
  const auto records = logplex::parse(origin.body, {origin.mode, frame::no_count, origin.received_at});
  std::string text;
  lines::for_each_line(origin, records,
                       [&](const lines::line_view& view) { tail_events()->line(view, id, text); });
  return text;
}

nlohmann::json data_of(const std::string& event) {
  const auto begin = event.find("data: ") + 6;
  return nlohmann::json::parse(event.substr(begin, event.find("\n\n") - begin));
}

} // namespace

TEST_CASE("tail events: a router line with its fields") {
  const auto event = event_of(
      "<158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=info method=GET path=\"/a?b=\\\"c\\\"\" "
      "host=h request_id=r-1 fwd=\"203.0.113.9\" dyno=web.1 connect= service=7ms status=200 bytes=5 "
      "protocol=https\n");
  CHECK(event.starts_with("id: f4240-0000000007\ndata: {\"id\":\"f4240-0000000007\""));
  CHECK(event.ends_with("}\n\n"));
  const auto data = data_of(event);
  CHECK(data["at"] == "2026-03-02T14:07:31.482Z");
  CHECK(data["app"] == "shop");
  CHECK(data["drain"] == "d.1");
  CHECK(data["source"] == "heroku");
  CHECK(data["dyno"] == "web.1");
  CHECK(data["severity"] == "info");
  CHECK(data["kind"] == "request");
  CHECK(data["method"] == "GET");
  CHECK(data["path"] == "/a?b=\\\"c\\\"");
  CHECK(data["status"] == 200);
  CHECK(data["service_ms"] == 7);
  CHECK(data["bytes"] == 5);
  CHECK_FALSE(data.contains("connect_ms")); // not known
  CHECK_FALSE(data.contains("code"));
  CHECK(data["text"].get<std::string>().starts_with("at=info method=GET"));
}

TEST_CASE("tail events: any bytes are one line of JSON") {
  std::string text;
  for (int c = 1; c < 256; ++c)
    text += static_cast<char>(c);
  text += "\xF0\x9F\x98\x80 \xC3\xA4";
  const auto event = event_of("<190>1 2026-03-02T14:07:31+00:00 host app web.1 - " + text);
  CHECK(std::count(event.begin(), event.end(), '\n') == 3);
  const auto found = data_of(event)["text"].get<std::string>();
  CHECK(found.find("\x01\x02") != std::string::npos);
  CHECK(found.find("\"#") != std::string::npos);
  CHECK(found.ends_with("\xF0\x9F\x98\x80 \xC3\xA4"));
  CHECK(found.find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("tail events: what is said besides lines") {
  const auto& form = *tail_events();
  std::string text;
  form.begin(text);
  form.heartbeat(text);
  form.skipped({12, timestamp{std::chrono::seconds{1}}, timestamp{std::chrono::milliseconds{2500}}}, text);
  form.caught_up(text);
  form.nodes({{"a", "b\""}, {}}, text);
  form.gap({timestamp{std::chrono::seconds{1}}, 7}, text);
  CHECK(text == "retry: 2000\n\n"
                ":\n\n"
                "event: skipped\ndata: "
                "{\"count\":12,\"from\":\"1970-01-01T00:00:01.000Z\",\"to\":\"1970-01-01T00:00:02.500Z\"}\n\n"
                "event: nodes\ndata: {\"live\":[\"a\",\"b\\\"\"],\"missing\":[]}\n\n"
                "event: gap\ndata: {\"after\":\"f4240-0000000007\",\"at\":\"1970-01-01T00:00:01.000Z\"}\n\n");
}

} // namespace tail_events_test
