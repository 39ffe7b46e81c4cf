// Tails of a cluster in virtual time: two nodes with their hubs and gateways, and one reader or more at the first.
#include "actors/cluster/tail_gatherer.hpp"

#include <doctest/doctest.h>

#include "actors/cluster/peer_gateway.hpp"
#include "actors/tail_hub.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/tail_stubs.hpp"

namespace tail_gatherer_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

struct fixture : still_system {
  struct node {
    node_identity identity;
    tail_hub_actor hub;
    tail_gatherer_actor tails;
    peer_gateway_actor gateway;
  };

  node node_of(const std::string& name, std::uint64_t run) {
    node made;
    made.identity = {cluster_protocol, name, run, "1"};
    made.hub = system.spawn<boxed<tail_hub>>(4 << 20);
    made.tails = system.spawn<boxed<tail_gatherer>>(made.identity, made.hub, 2, form);
    made.gateway = system.spawn<boxed<peer_gateway>>(receiver_actor{}, metrics_source_actor{},
                                                     alert_source_actor{}, members_actor{}, made.tails);
    return made;
  }

  fixture() { join(); }
  ~fixture() {
    for (const auto& one : {a, b})
      stop(one.gateway, one.tails, one.hub);
    stop(loop);
  }

  static peer peer_of(const node& one) { return {one.identity, one.gateway, false}; }

  void join() {
    caf::anon_send(a.tails, membership{{peer_of(b)}, {}});
    caf::anon_send(b.tails, membership{{peer_of(a)}, {}});
    run();
  }
  void part() {
    caf::anon_send(a.tails, membership{{}, {"b"}});
    caf::anon_send(b.tails, membership{{}, {"a"}});
    run();
  }
  // A node that has lost everything.
  void restart_b() {
    part();
    stop(b.gateway, b.tails, b.hub);
    b = node_of("b", 3);
    join();
  }

  void log(const node& at, const std::vector<std::string>& texts, std::chrono::seconds second = 451s) {
    caf::anon_send(at.hub, batch_group{{batch_of(texts, "shop", 1'772'460'000s + second)}});
    run();
  }

  void follow(std::uint64_t stream, const std::string& query = {}, std::uint32_t earlier = 0,
              std::optional<lines::line_id> after = {}) {
    tail_wish wish;
    wish.slot = {loop, stream};
    wish.filter.text = query;
    wish.filter.wanted = std::make_shared<const lines::query_node>(lines::parse_query(query).value());
    wish.filter.form = form;
    wish.earlier_lines = earlier;
    wish.after = after;
    caf::anon_send(a.tails, wish);
    run();
  }

  void report(std::uint64_t stream, std::size_t taken,
              stream_reports::state now = stream_reports::state::goes_on) {
    readers[stream].untaken -= taken;
    caf::anon_send(a.tails, stream_reports{{{stream, taken, now}}});
    run();
  }
  void take_all(std::uint64_t stream) {
    while (readers[stream].untaken > 0)
      report(stream, readers[stream].untaken);
  }

  // What a reader has got since the last call.
  std::string seen(std::uint64_t stream) { return std::exchange(readers[stream].text, {}); }

  std::uint64_t readers_at(const tail_hub_actor& hub) { return ask<tail_status>(hub, status_atom_v).readers; }

  std::shared_ptr<plain_form> form = std::make_shared<plain_form>();
  std::map<std::uint64_t, tail_reader> readers;
  stream_sink_actor loop = system.spawn<boxed<stub_loop>>(std::ref(readers));
  node a = node_of("a", 1), b = node_of("b", 2);
};

} // namespace

TEST_CASE("tail records: what was written is read, and damage ends it") {
  const auto form = tail_record_form(std::make_shared<plain_form>());
  std::string records;
  form->skipped({12, timestamp{5s}, timestamp{6s}}, records);
  form->caught_up(records);
  std::vector<tail_record> found;
  for_each_record(records, [&](const tail_record& next) { found.push_back(next); });
  REQUIRE(found.size() == 2);
  CHECK(found[0].what == tail_record::kind::skipped);
  CHECK(found[0].id == lines::line_id{timestamp{5s}, 12});
  CHECK(found[0].text == "[skipped 12]\n");
  CHECK(found[1].what == tail_record::kind::caught_up);
  for (std::size_t size = 0; size < records.size(); ++size) {
    std::size_t count = 0;
    for_each_record(std::string_view{records}.substr(0, size), [&](const tail_record&) { ++count; });
    CHECK(count == (size >= tail_record_head_bytes + 13 ? 1 : 0));
  }
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: the lines of all nodes come, to those whose query they match") {
  follow(1);
  follow(2, "error");
  CHECK(seen(1) == "[begin]\n[nodes a b]\n");
  CHECK(seen(2) == "[begin]\n[nodes a b]\n");
  log(a, {"error 1", "fine 2"});
  log(b, {"error 3", "fine 4"});
  CHECK(seen(1) == "error 1\nfine 2\nerror 3\nfine 4\n");
  CHECK(seen(2) == "error 1\nerror 3\n");
  const auto counted = ask<tail_status>(a.tails, status_atom_v);
  CHECK(counted.readers == 2);
  CHECK(counted.lines_shown == 6);
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: a reader who sees some apps gets lines of these from all nodes") {
  tail_wish wish;
  wish.slot = {loop, 1};
  wish.filter.apps = {"blog"};
  wish.filter.form = form;
  wish.earlier_lines = 10;
  const auto log_of = [&](const std::string& app, const std::string& text) {
    for (const auto& hub : {a.hub, b.hub})
      caf::anon_send(hub, batch_group{{batch_of({text}, app)}});
    run();
  };
  log_of("shop", "secret");
  log_of("blog", "early");
  caf::anon_send(a.tails, wish);
  run();
  log_of("shop", "secret");
  log_of("blog", "late");
  CHECK(seen(1) == "[begin]\n[nodes a b]\nearly\nearly\nlate\nlate\n");
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: the last lines of all nodes come first, in order of time") {
  log(a, {"1"}, 1s);
  log(b, {"2"}, 2s);
  log(a, {"3"}, 3s);
  log(b, {"4"}, 4s);
  follow(1, {}, 3);
  CHECK(seen(1) == "[begin]\n[nodes a b]\n2\n3\n4\n");
  log(a, {"5"}, 5s);
  CHECK(seen(1) == "5\n");
}

TEST_CASE_FIXTURE(
    fixture, "tail gatherer: a node that goes is said, and what it had meanwhile comes when it is back") {
  follow(1);
  log(b, {"before"});
  seen(1);
  part();
  CHECK(seen(1) == "[nodes a -b]\n");
  CHECK(readers_at(b.hub) == 0);
  log(b, {"meanwhile"});
  log(a, {"here"});
  CHECK(seen(1) == "here\n");
  take_all(1);
  join();
  CHECK(seen(1) == "[nodes a b]\nmeanwhile\n");
  log(b, {"after"});
  CHECK(seen(1) == "after\n");
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: a node that has started again says that lines may be missing") {
  follow(1);
  log(b, {"before"});
  take_all(1);
  seen(1);
  restart_b();
  log(b, {"after"});
  CHECK(seen(1) == "[nodes a -b]\n[nodes a b]\n[gap]\nafter\n");
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: a reader goes on behind a line, of which one node knows") {
  log(a, {"a1", "a2"}, 100s);
  const auto next = batch_of({"b1", "b2", "b3"}, "shop", 1'772'460'100s);
  caf::anon_send(b.hub, batch_group{{next}});
  run();
  const lines::line_namer names{next->origin->key};
  follow(1, {}, 0, names.id_of(next->records.lines[1].at, 1));
  const auto text = seen(1);
  CHECK(text.find("b1") == std::string::npos);
  CHECK(text.find("b3\n") != std::string::npos);
  CHECK(text.find("a1\na2\n") != std::string::npos); // within the time by which clocks may differ
}

TEST_CASE_FIXTURE(
    fixture, "tail gatherer: for a slow reader lines are left out and counted, and never too many wait") {
  follow(1);
  follow(2);
  constexpr int rounds = 60, each = 100;
  std::string fast;
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::string> texts(each, std::string(500, 'x'));
    log(i % 2 == 0 ? a : b, texts);
    take_all(2);
    fast += seen(2);
    if (i % 20 == 10)
      report(1, readers[1].untaken / 3);
  }
  CHECK(tally_of(fast).shown == rounds * each);
  take_all(1);
  const auto slow = tally_of(seen(1));
  CHECK(slow.skipped > 0);
  CHECK(slow.shown + slow.skipped == rounds * each);
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: more earlier lines than a window holds come in order") {
  for (int i = 0; i < 40; ++i)
    log(i % 2 == 0 ? a : b, std::vector<std::string>(20, std::to_string(100 + i) + std::string(500, '.')),
        std::chrono::seconds{i});
  follow(1, {}, 10'000);
  advance(tail_gatherer::history_patience);
  take_all(1);
  const auto text = seen(1);
  CHECK(tally_of(text).shown == 800);
  CHECK(text.find("139..") > text.find("138.."));
  CHECK(text.find("101..") > text.find("100.."));
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: a silent tail has a heartbeat") {
  follow(1);
  seen(1);
  advance(16s);
  CHECK(seen(1) == "[alive]\n");
}

TEST_CASE_FIXTURE(fixture,
                  "tail gatherer: readers who go are forgotten at all nodes, and one that must end ends") {
  follow(1);
  follow(2);
  log(b, {"x"});
  CHECK(readers_at(b.hub) == 2);
  report(1, 0, stream_reports::state::over);
  CHECK(readers_at(a.hub) == 1);
  CHECK(readers_at(b.hub) == 1);
  report(2, 0, stream_reports::state::ending);
  CHECK(readers[2].has_ended);
  CHECK(readers_at(a.hub) == 0);
  CHECK(readers_at(b.hub) == 0);
  follow(3);
  stop(a.tails);
  CHECK(readers[3].has_ended);
}

TEST_CASE_FIXTURE(fixture, "tail gatherer: a node that this one does not know gets no lines") {
  const node_identity stranger{cluster_protocol, "x", 9, "1"};
  CHECK_FALSE(ask<bool>(b.tails, peer_tail{stranger, 1, {}, "", "", {}, 0, 1000}));
  CHECK_FALSE(ask<bool>(b.tails, peer_tail{a.identity, 1, {}, "colour:red", "", {}, 0, 1000}));
  CHECK(ask<bool>(b.tails, peer_tail{a.identity, 1, {}, "", "", {}, 0, 1000}));
}

} // namespace tail_gatherer_test
