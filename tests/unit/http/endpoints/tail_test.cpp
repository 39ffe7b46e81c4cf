// GET /api/logs/tail: what is asked of the hub, and what is refused before.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "http/access/sessions.hpp"
#include "http/render/tail_events.hpp"
#include "messages/registry/key.hpp"
#include "messages/system_time.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace tail_test {

using namespace parseflow;
using namespace parseflow::test;
using nlohmann::json;

namespace {

http_answer follow(const stub_service& service, const std::string& query, const std::string& headers = {}) {
  http_connection conn{service.port()};
  REQUIRE(conn.send("GET /api/logs/tail" + query + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n"));
  auto answer = conn.receive_head();
  REQUIRE(answer);
  if (answer->header("Transfer-Encoding") == "chunked")
    answer->body = conn.receive_chunk().value_or("cut");
  return *answer;
}

void check_refused(const stub_service& service, const std::string& query, const std::string& code,
                   const std::string& headers = {}) {
  http_connection conn{service.port()};
  REQUIRE(conn.send("GET /api/logs/tail" + query + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n"));
  const auto answer = conn.receive();
  REQUIRE(answer);
  CHECK(answer->status == 400);
  CHECK(json::parse(answer->body)["error"] == code);
}

registered_key key_of(const std::string& id, std::vector<std::string> apps = {}) {
  return {id, "name-" + id, key_role::read, std::move(apps), key_hash("pf_" + id), {}, {}};
}

// One tail, which lasts until the service ends it.
class open_tail {
public:
  open_tail(const stub_service& service, const std::string& headers) : conn_(service.port()) {
    service.script->tails_last = true;
    REQUIRE(conn_.send("GET /api/logs/tail HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n"));
    const auto answer = conn_.receive_head();
    REQUIRE(answer);
    status_ = answer->status;
  }
  int status() const { return status_; }
  // True if it was cut: the last chunk is missing.
  bool is_cut() {
    const auto text = conn_.receive_rest();
    return text.find("0\r\n\r\n") == std::string::npos && conn_.is_closed(std::chrono::seconds{1});
  }
  bool lasts() { return !conn_.is_closed(std::chrono::milliseconds{1500}); }

private:
  http_connection conn_;
  int status_ = 0;
};

} // namespace

TEST_CASE("tail: the answer is a stream of events that nobody on the way keeps") {
  stub_service service;
  const auto answer = follow(service, "");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "text/event-stream");
  CHECK(answer.header("Cache-Control") == "no-store, no-transform");
  CHECK(answer.header("X-Accel-Buffering") == "no");
  CHECK(answer.body == "lines");
  const auto wish = service.script->last_tail();
  CHECK(wish.filter.apps.empty());
  CHECK(wish.filter.text.empty());
  CHECK(wish.filter.form == http::tail_events());
  CHECK(wish.earlier_lines == 100);
  CHECK_FALSE(wish.after);
}

TEST_CASE("tail: app, query, earlier lines and the last event are passed on") {
  stub_service service;
  follow(service, "?app=shop&q=status%3A5xx+OR+error&lines=7&after=64c0b03a0d3a3-00c3f1a2b4");
  auto wish = service.script->last_tail();
  CHECK(wish.filter.apps == std::vector<std::string>{"shop"});
  CHECK(wish.filter.text == "status:5xx OR error");
  CHECK(wish.filter.wanted->what == lines::query_node::kind::any);
  CHECK(wish.earlier_lines == 7);
  REQUIRE(wish.after);
  CHECK(to_string(*wish.after) == "64c0b03a0d3a3-00c3f1a2b4");
  follow(service, "?after=64c0b03a0d3a3-00c3f1a2b4", "Last-Event-ID: 64c0b03a0d3a4-00c3f1a2b4\r\n");
  CHECK(to_string(*service.script->last_tail().after) == "64c0b03a0d3a4-00c3f1a2b4");
}

TEST_CASE("tail: what cannot be read is 400, and says where") {
  stub_service service;
  check_refused(service, "?query=x", "unknown_parameter");
  check_refused(service, "?lines=-1", "bad_lines");
  check_refused(service, "?lines=10001", "bad_lines");
  check_refused(service, "?after=x", "bad_after");
  check_refused(service, "", "bad_after", "Last-Event-ID: 7\r\n");
  check_refused(service, "?q=a+colour%3Ared", "bad_query");
  const auto answer = json::parse(service.get("/api/logs/tail?q=a+colour%3Ared").body);
  CHECK(answer["place"] == 2);
  CHECK(answer["message"].get<std::string>().starts_with(
      "The query cannot be read at character 3. There is no field colour."));
}

TEST_CASE("tail: it asks for the key, as the API does") {
  settings values;
  values.http.api_key = secret{"a-key-of-16-letters"};
  stub_service service{values};
  CHECK(service.get("/api/logs/tail").status == 401);
  CHECK(follow(service, "", "X-API-Key: a-key-of-16-letters\r\n").status == 200);
}

TEST_CASE("tail: a key of some apps sees lines of these") {
  const registry_copy keys{1, {}, {}, {key_of("all", {}), key_of("two", {"shop", "blog"})}, secret{"5e55"}};
  stub_service service{{}, keys};
  const auto apps = [&](const std::string& query, const std::string& key) {
    CHECK(follow(service, query, "X-API-Key: " + key + "\r\n").status == 200);
    return service.script->last_tail().filter.apps;
  };
  using names = std::vector<std::string>;
  CHECK(apps("", "pf_all") == names{});
  CHECK(apps("?app=other", "pf_all") == names{"other"});
  CHECK(apps("", "pf_two") == names{"shop", "blog"});
  CHECK(apps("?app=blog", "pf_two") == names{"blog"});
  CHECK(service.get("/api/logs/tail?app=other", "X-API-Key: pf_two\r\n").status == 403);
}

TEST_CASE("tail: it ends soon after its key is removed, and others go on") {
  registry_copy keys{1, {}, {}, {key_of("aa"), key_of("bb")}, secret{"5e55"}};
  stub_service service{{}, keys};
  open_tail gone{service, "X-API-Key: pf_aa\r\n"}, stays{service, "X-API-Key: pf_bb\r\n"};
  CHECK(stays.lasts());
  keys.keys.erase(keys.keys.begin());
  service.tell(keys);
  CHECK(gone.is_cut());
  CHECK(stays.lasts());
  CHECK(service.get("/api/logs/tail", "X-API-Key: pf_aa\r\n").status == 401);
}

TEST_CASE("tail: it ends with the session or the link that it was asked for with") {
  registry_copy keys{1, {}, {}, {key_of("aa")}, secret{"5e55"}};
  stub_service service{{}, keys};
  const http::sessions signing{secret{"5e55"}};
  const auto cookie = [](const std::string& token) { return "Cookie: parseflow_session=" + token + "\r\n"; };
  const auto now = system_time();
  open_tail session{service, cookie(signing.open("aa", now))};
  open_tail link{service, cookie(signing.share("aa", {"shop"}, now + std::chrono::seconds{3}))};
  CHECK(session.status() == 200);
  CHECK(link.status() == 200);
  CHECK(link.is_cut());
  CHECK(session.lasts());
  keys.session_key = secret{"07e2"}; // all sessions were ended
  service.tell(keys);
  CHECK(session.is_cut());
}

TEST_CASE("tail: without keys anybody follows, until there is one") {
  stub_service service{{}, registry_copy{1, {}, {}, {}, secret{"5e55"}}};
  open_tail nobody{service, ""};
  CHECK(nobody.lasts());
  service.tell({1, {}, {}, {key_of("aa")}, secret{"5e55"}});
  CHECK(nobody.is_cut());
}

TEST_CASE("tail: one reader cannot take the places of all") {
  settings values;
  values.http.max_streams_per_reader = 2;
  stub_service service{values, registry_copy{1, {}, {}, {key_of("aa"), key_of("bb")}, secret{"5e55"}}};
  const std::string first = "X-API-Key: pf_aa\r\n", other = "X-API-Key: pf_bb\r\n";
  std::optional<open_tail> one{std::in_place, service, first};
  const open_tail two{service, first};
  const auto refused = service.get("/api/logs/tail", first);
  CHECK(refused.status == 429);
  CHECK(json::parse(refused.body)["error"] == "too_many_streams");
  CHECK(open_tail{service, other}.status() == 200);
  CHECK(service.get("/api/logs/tail?lines=x", other).status == 400); // takes no place
  one.reset();
  CHECK(eventually([&] { return open_tail{service, first}.status() == 200; }));
}

} // namespace tail_test
