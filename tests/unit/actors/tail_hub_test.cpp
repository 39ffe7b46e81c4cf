// The tail hub in virtual time, with stub loops: history without a seam, skipped lines, equal filters, heartbeats.
#include "actors/tail_hub.hpp"

#include <map>

#include <doctest/doctest.h>

#include "tests/support/still_system.hpp"
#include "tests/unit/actors/tail_stubs.hpp"

namespace tail_hub_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

struct fixture : still_system {
  explicit fixture(std::uint64_t memory_bytes = 1 << 20) : hub(system.spawn<boxed<tail_hub>>(memory_bytes)) {}
  ~fixture() { stop(hub, loop); }

  void log(const std::vector<std::string>& texts, const std::string& app = "shop") {
    caf::anon_send(hub, batch_group{{batch_of(texts, app)}});
    run();
  }
  // Lines NUMBER, of about `bytes`.
  void log_numbers(int from, int to, std::size_t bytes = 0) {
    std::vector<std::string> texts;
    for (int i = from; i <= to; ++i) {
      texts.push_back(std::to_string(i));
      texts.back().resize(std::max(bytes, texts.back().size()), '.');
    }
    log(texts);
  }

  tail_wish wish_of(std::uint64_t stream, const std::string& query = {}, std::uint32_t earlier = 0) {
    tail_wish wish;
    wish.slot = {loop, stream};
    wish.filter.text = query;
    wish.filter.wanted = std::make_shared<const lines::query_node>(lines::parse_query(query).value());
    wish.filter.form = form;
    wish.earlier_lines = earlier;
    return wish;
  }
  void follow(const tail_wish& wish) {
    caf::anon_send(hub, wish);
    run();
  }

  void report(std::uint64_t stream, std::size_t taken,
              stream_reports::state now = stream_reports::state::goes_on) {
    readers[stream].untaken -= taken;
    caf::anon_send(hub, stream_reports{{{stream, taken, now}}});
    run();
  }
  void take_all(std::uint64_t stream) {
    while (readers[stream].untaken > 0)
      report(stream, readers[stream].untaken);
  }

  tail_status status() { return ask<tail_status>(hub, status_atom_v); }

  // What a reader has got since the last call, without the beginning.
  std::string seen(std::uint64_t stream) {
    auto text = std::exchange(readers[stream].text, {});
    if (text.starts_with("[begin]\n"))
      text.erase(0, 8);
    return text;
  }

  std::shared_ptr<plain_form> form = std::make_shared<plain_form>();
  std::map<std::uint64_t, tail_reader> readers;
  stream_sink_actor loop = system.spawn<boxed<stub_loop>>(std::ref(readers));
  tail_hub_actor hub;
};

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "tail hub: lines come as they come, to those whose query they match") {
  follow(wish_of(1));
  follow(wish_of(2, "error -harmless"));
  auto other = wish_of(3);
  other.filter.apps = {"blog"};
  follow(other);
  CHECK(readers[1].text == "[begin]\n");
  log({"ERROR one", "fine", "error harmless"});
  log({"error two"}, "blog");
  CHECK(seen(1) == "ERROR one\nfine\nerror harmless\nerror two\n");
  CHECK(seen(2) == "ERROR one\nerror two\n");
  CHECK(seen(3) == "error two\n");
}

TEST_CASE_FIXTURE(fixture, "tail hub: the last lines that match come first, and there is no seam") {
  for (int i = 0; i < 20; ++i)
    log_numbers(i * 10, i * 10 + 9);
  caf::anon_send(hub, wish_of(1, {}, 15));
  caf::anon_send(hub, wish_of(2, "99", 10));
  caf::anon_send(hub, wish_of(3, "-0", 1'000));
  caf::anon_send(hub, batch_group{{batch_of({"after 99"})}}); // while they look back
  run();
  log({"last"});
  std::string expected;
  for (int i = 185; i < 200; ++i)
    expected += std::to_string(i) + "\n";
  CHECK(seen(1) == expected + "after 99\nlast\n");
  CHECK(seen(2) == "99\n199\nafter 99\n");
  CHECK(tally_of(seen(3)).shown == 200 - 29 + 2); // numbers without a 0
}

TEST_CASE_FIXTURE(fixture, "tail hub: a reader goes on behind the line that he saw last") {
  log({"a", "b"});
  const auto next = batch_of({"c", "d", "zz"});
  caf::anon_send(hub, batch_group{{next}});
  log({"f"});
  auto wish = wish_of(1);
  const lines::line_namer names{next->origin->key};
  wish.after = names.id_of(next->records.lines[1].at, 1);
  follow(wish);
  CHECK(seen(1) == "zz\nf\n");
  wish.slot.stream = 2;
  wish.filter = wish_of(2, "-zz").filter;
  follow(wish); // also if the query has changed
  CHECK(seen(2) == "f\n");
}

TEST_CASE("tail hub: a line that is not in memory is a gap") {
  fixture small{30'000};
  auto wish = small.wish_of(1, {}, 2);
  wish.after = lines::line_id{timestamp{5s}, 7};
  small.log({"a", "b", "c"});
  small.follow(wish);
  CHECK(small.seen(1) == "[gap]\na\nb\nc\n"); // the program has just begun: all may be new
  small.log_numbers(1, 300, 200);
  small.log({"x", "y", "z"});
  wish.slot.stream = 2;
  small.follow(wish);
  CHECK(small.seen(2) == "[gap]\ny\nz\n");
}

TEST_CASE_FIXTURE(
    fixture,
    "tail hub: a reader who knows only a time begins with what came since, and learns where it ends") {
  form->says_caught_up = true;
  for (const auto second : {100s, 110s, 120s})
    caf::anon_send(
        hub, batch_group{{batch_of({std::to_string(second.count())}, "shop", 1'772'460'000s + second)}});
  auto wish = wish_of(1);
  wish.since = timestamp{1'772'460'110s};
  follow(wish);
  CHECK(seen(1) == "110\n120\n[live]\n");
  wish.slot.stream = 2;
  wish.after = lines::line_id{timestamp{1'772'460'105s}, 7}; // which is not here
  follow(wish);
  CHECK(seen(2) == "110\n120\n[live]\n");
}

TEST_CASE_FIXTURE(fixture, "tail hub: a reader with a smaller window never has more to take") {
  auto wish = wish_of(1, {}, 1'000);
  wish.window_bytes = 50'000;
  log_numbers(0, 299, 500);
  follow(wish);
  CHECK(readers[1].untaken <= wish.window_bytes);
  log_numbers(300, 999, 500);
  CHECK(readers[1].untaken <= wish.window_bytes);
  take_all(1);
  log({std::string(60'000, 'x')});
  advance(5s);
  take_all(1);
  const auto sum = tally_of(seen(1));
  CHECK(sum.shown + sum.skipped == 1'001);
}

TEST_CASE_FIXTURE(fixture, "tail hub: for a slow reader lines are left out and counted, for nobody else") {
  follow(wish_of(1));
  follow(wish_of(2));
  constexpr int rounds = 60, each = 100;
  std::string slow, fast;
  for (int i = 0; i < rounds; ++i) {
    log_numbers(i * each, i * each + each - 1, 500);
    take_all(2);
    fast += seen(2);
    if (i % 10 == 5)
      report(1, readers[1].untaken / 3);
  }
  CHECK(tally_of(fast).shown == rounds * each);
  CHECK(tally_of(fast).skipped == 0);
  take_all(1);
  slow = seen(1);
  const auto sum = tally_of(slow);
  CHECK(sum.skipped > 0);
  CHECK(sum.shown + sum.skipped == rounds * each);
  CHECK(form->rendered == rounds * each); // equal filters are one
  const auto counted = status();
  CHECK(counted.readers == 2);
  CHECK(counted.lines_shown == sum.shown + rounds * each);
  CHECK(counted.lines_skipped == sum.skipped);
}

TEST_CASE("tail hub: a reader who looks back gets everything at his own pace") {
  fixture large{64 << 20};
  for (int i = 0; i < 100; ++i)
    large.log_numbers(i * 100, i * 100 + 99, 500);
  large.follow(large.wish_of(1, {}, 1'000'000));
  CHECK(large.readers[1].untaken < stream_window_bytes);
  large.log({"live"});
  large.take_all(1);
  const auto text = large.seen(1);
  CHECK(tally_of(text).shown == 10'001);
  CHECK(tally_of(text).skipped == 0);
  CHECK(text.ends_with("live\n"));
}

TEST_CASE("tail hub: what the memory forgets before a reader had it is counted") {
  fixture small{5'000'000};
  for (int i = 0; i < 3; ++i)
    small.log_numbers(i * 1000, i * 1000 + 999, 500);
  small.follow(small.wish_of(1, {}, 1'000'000));
  for (int i = 3; i < 20; ++i)
    small.log_numbers(i * 1000, i * 1000 + 999, 500);
  small.take_all(1);
  const auto sum = tally_of(small.seen(1));
  CHECK(sum.skipped > 0);
  CHECK(sum.shown + sum.skipped == 20'000);
}

TEST_CASE("tail hub: a line for which there will never be room is counted") {
  fixture large{64 << 20};
  large.log({std::string(stream_window_bytes + 1, 'x'), "a"});
  large.follow(large.wish_of(1, {}, 10));
  CHECK(large.seen(1) == "[skipped 1]\na\n");
  large.log({"b", std::string(stream_window_bytes + 1, 'x')});
  large.log({"c"});
  const auto sum = tally_of(large.seen(1));
  CHECK(sum.shown + sum.skipped == 3);
}

TEST_CASE_FIXTURE(fixture, "tail hub: a silent tail has a heartbeat, and a busy one none") {
  follow(wish_of(1));
  follow(wish_of(2, "error"));
  for (int i = 0; i < 60; ++i) {
    advance(1s);
    log({"line"});
  }
  CHECK(count_of(seen(1), "[alive]") == 0);
  const auto beats = count_of(seen(2), "[alive]");
  CHECK(beats >= 2);
  CHECK(beats <= 4);
}

TEST_CASE_FIXTURE(fixture, "tail hub: streams that are over are forgotten, and one that must end ends") {
  follow(wish_of(1));
  follow(wish_of(2));
  report(1, 0, stream_reports::state::over);
  log({"a"});
  CHECK(seen(1) == "");
  report(2, 0, stream_reports::state::ending);
  CHECK(readers[2].has_ended);
  log({"b"});
  CHECK(seen(2) == "a\n");
  follow(wish_of(3));
  stop(hub);
  CHECK(readers[3].has_ended);
}

TEST_CASE_FIXTURE(fixture, "tail hub: a frame that was kept raw is never parsed") {
  auto origin = std::make_shared<frame>();
  origin->key = {"d.shop", "raw"};
  origin->app = "shop";
  origin->body = batch_of({"a", "b"})->origin->body;
  auto raw = std::make_shared<batch>();
  raw->origin = origin;
  raw->records = logplex::keep_raw(origin->body, {});
  caf::anon_send(hub, batch_group{{raw}});
  follow(wish_of(1, {}, 10));
  CHECK(seen(1) == origin->body + "\n");
}

} // namespace tail_hub_test
