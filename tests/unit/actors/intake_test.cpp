// The receiver's decisions, without actors, journal or clock.
#include <doctest/doctest.h>

#include "actors/intake.hpp"
#include "tests/unit/actors/samples.hpp"

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  static receiver_settings small() {
    receiver_settings s;
    s.parsing_budget_bytes = 100;
    s.unstored_budget_bytes = 150;
    s.hold = 4s;
    s.remembered_frames = 10;
    s.max_unstored_frames = 5;
    return s;
  }

  intake frames{small()};
  intake::time now{};
  std::uint32_t next_offset = 64;

  fixture() { frames.reconcile({}); }

  receiver_status status() const {
    receiver_status s;
    frames.describe(s, timestamp{} + 100s);
    return s;
  }

  // What a journal with room does.
  void commit() {
    for (const auto& next : frames.group())
      frames.grouped(next.sequence, {1, next_offset++});
    frames.group_durable(now);
  }

  std::vector<intake::for_parser> take(const waiting_request& r) {
    frames.submit(r.message, now);
    commit();
    return frames.dispatch();
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "intake: a new frame is answered when it is in the journal, and parsed then") {
  waiting_request r{some_frame("A")};
  frames.submit(r.message, now);
  CHECK_FALSE(r.answered());
  CHECK(frames.dispatch().empty());
  REQUIRE(frames.group().size() == 1);
  frames.grouped(frames.group()[0].sequence, {1, 64});
  CHECK_FALSE(r.answered());
  frames.group_durable(now);
  CHECK(r.answer.get() == verdict::stored);
  const auto jobs = frames.dispatch();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].way == route::everywhere);
  CHECK(jobs[0].content->key.id == "A");
  frames.parsed(jobs[0].sequence, 0);
  const auto bytes = frames.stored(jobs[0].sequence);
  REQUIRE(bytes);
  CHECK(bytes->at == db::journal_position{1, 64});
  CHECK(frames.idle());
  CHECK(status().unstored_bytes == 0);
  CHECK(status().parsing_bytes == 0);
}

TEST_CASE_FIXTURE(fixture, "intake: simultaneous duplicates are one frame and are answered together") {
  waiting_request first{some_frame("A")}, second{some_frame("A")};
  frames.submit(first.message, now);
  frames.submit(second.message, now);
  CHECK(frames.group().size() == 1);
  commit();
  CHECK(first.answer.get() == verdict::stored);
  CHECK(second.answer.get() == verdict::stored);
  CHECK(status().duplicates == 1);
  CHECK(frames.dispatch().size() == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "intake: a frame that is durable is a duplicate at once, before and after it is stored") {
  waiting_request first{some_frame("A")}, again{some_frame("A")}, later{some_frame("A")},
      elsewhere{some_frame("A", 10, "d.2")};
  const auto jobs = take(first);
  frames.submit(again.message, now);
  CHECK(again.answer.get() == verdict::duplicate);
  frames.stored(jobs.at(0).sequence);
  frames.submit(later.message, now);
  CHECK(later.answer.get() == verdict::duplicate);
  CHECK(take(elsewhere).size() == 1);
}

TEST_CASE_FIXTURE(fixture, "intake: a group that failed waits for the journal again, in its order") {
  waiting_request a{some_frame("A")}, b{some_frame("B")};
  frames.submit(a.message, now);
  frames.submit(b.message, now);
  for (const auto& next : frames.group())
    frames.grouped(next.sequence, {1, 64});
  frames.group_failed();
  CHECK_FALSE(a.answered());
  const auto again = frames.group();
  REQUIRE(again.size() == 2);
  CHECK(again[0].content->key.id == "A");
  commit();
  CHECK(a.answer.get() == verdict::stored);
  CHECK(b.answer.get() == verdict::stored);
}

TEST_CASE_FIXTURE(fixture,
                  "intake: a request that finds no room in the journal is told in time, and forgotten") {
  waiting_request a{some_frame("A")};
  frames.submit(a.message, now);
  frames.expire(now + 3999ms);
  CHECK_FALSE(a.answered());
  frames.expire(now + 4s);
  CHECK(a.answer.get() == verdict::overloaded);
  CHECK(status().held == 0);
  CHECK(status().overloaded == 1);
  CHECK(frames.group().empty());
  waiting_request retry{some_frame("A")};
  CHECK(take(retry).size() == 1);
}

TEST_CASE_FIXTURE(
    fixture,
    "intake: beyond the parsing budget frames wait; beyond twice that only the journal has their bytes") {
  waiting_request a{some_frame("A", 60)}, b{some_frame("B", 60)}, c{some_frame("C", 60)};
  for (const auto* r : {&a, &b, &c})
    frames.submit(r->message, now);
  commit();
  const auto first = frames.dispatch();
  REQUIRE(first.size() == 1);
  CHECK(first[0].content);
  CHECK(frames.dispatch().empty());
  frames.parsed(first[0].sequence, 0);
  const auto second = frames.dispatch();
  REQUIRE(second.size() == 1);
  CHECK_FALSE(second[0].content); // 60 + 60 are more than the budget: read it again
  CHECK(second[0].at == db::journal_position{1, 65});
}

TEST_CASE_FIXTURE(fixture,
                  "intake: when the database is behind, metrics go on and it gets the rest later, in order") {
  waiting_request a{some_frame("A", 90)}, b{some_frame("B", 90)}, c{some_frame("C", 10)};
  const auto first = take(a);
  frames.parsed(first.at(0).sequence, 0);
  const auto second = take(b);
  REQUIRE(second.size() == 1);
  CHECK(second[0].way == route::metrics_only);
  frames.parsed(second[0].sequence, 0);
  const auto third = take(c);
  REQUIRE(third.size() == 1);
  CHECK(third[0].way == route::metrics_only); // it would have room, but B comes first
  frames.parsed(third[0].sequence, 0);
  CHECK(frames.dispatch().empty());
  CHECK(frames.stored(first[0].sequence));
  const auto replayed = frames.dispatch();
  REQUIRE(replayed.size() == 2);
  CHECK(replayed[0].sequence == second[0].sequence);
  CHECK(replayed[0].way == route::database_only);
  CHECK_FALSE(replayed[0].content);
  CHECK(replayed[1].sequence == third[0].sequence);
  CHECK(frames.stored(replayed[0].sequence));
  CHECK(frames.stored(replayed[1].sequence));
  CHECK(frames.idle());
  CHECK(status().unstored_bytes == 0);
}

TEST_CASE_FIXTURE(fixture, "intake: what the records take counts against the database's budget") {
  waiting_request a{some_frame("A", 10)}, b{some_frame("B", 10)};
  const auto first = take(a);
  frames.parsed(first.at(0).sequence, 135);
  CHECK(status().unstored_bytes == 145);
  const auto second = take(b);
  CHECK(second.at(0).way == route::metrics_only);
  frames.parsed(second[0].sequence, 135);
  CHECK(status().unstored_bytes == 145);
  CHECK(frames.stored(first[0].sequence));
  const auto replayed = frames.dispatch();
  CHECK(replayed.at(0).way == route::database_only);
  frames.parsed(replayed[0].sequence, 135);
  frames.reset();
  CHECK(status().unstored_bytes == 0);
  frames.reconcile({});
  const auto again = frames.dispatch();
  REQUIRE(again.size() == 1);
  frames.parsed(again[0].sequence, 20);
  CHECK(frames.stored(again[0].sequence));
  CHECK(status().unstored_bytes == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "intake: the oldest frame that is not stored tells how far the database is behind") {
  CHECK(status().oldest_age == 0s);
  const auto dated = [](frame_ptr content, std::chrono::seconds at) {
    auto copy = std::make_shared<frame>(*content);
    copy->received_at = timestamp{} + at;
    return frame_ptr{copy};
  };
  waiting_request a{dated(some_frame("A"), 10s)}, b{dated(some_frame("B"), 40s)},
      c{dated(some_frame("C"), 70s)};
  const auto first = take(a), second = take(b), third = take(c);
  CHECK(status().oldest_age == 90s);
  CHECK(frames.stored(second.at(0).sequence));
  CHECK(status().oldest_age == 90s);
  CHECK(frames.stored(first.at(0).sequence));
  CHECK(status().oldest_age == 30s);
  CHECK(frames.stored(third.at(0).sequence));
  CHECK(status().oldest_age == 0s);
}

TEST_CASE_FIXTURE(fixture, "intake: how long acknowledgements take is counted") {
  waiting_request a{some_frame("A")}, b{some_frame("B")};
  take(a);
  frames.submit(b.message, now);
  now += 3ms;
  commit();
  latency expected;
  expected.counts[0] = expected.counts[4] = 1; // at once, and up to 5 ms
  expected.sum = 3ms;
  CHECK(status().acknowledgement == expected);
}

TEST_CASE_FIXTURE(fixture, "intake: one frame larger than a budget still has room") {
  waiting_request a{some_frame("A", 1000)};
  const auto jobs = take(a);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].way == route::everywhere);
}

TEST_CASE_FIXTURE(fixture, "intake: a commit of the database may overtake the receipt of the parser") {
  waiting_request r{some_frame("A")};
  const auto sequence = take(r).at(0).sequence;
  CHECK(frames.stored(sequence));
  frames.parsed(sequence, 0);
  CHECK_FALSE(frames.stored(sequence));
  CHECK(status().parsing_bytes == 0);
  CHECK(status().unstored_bytes == 0);
}

TEST_CASE_FIXTURE(fixture, "intake: frames in the journal are bounded in number, and the others wait") {
  std::vector<waiting_request> requests;
  for (int i = 0; i < 7; ++i) {
    requests.emplace_back(some_frame(std::to_string(i), 1));
    frames.submit(requests.back().message, now);
  }
  commit();
  CHECK(status().unstored_frames == 5);
  CHECK(status().held == 2);
  CHECK(frames.group().empty());
  const auto jobs = frames.dispatch();
  frames.stored(jobs.at(0).sequence);
  CHECK(frames.group().size() == 1);
}

TEST_CASE("intake: frames of an earlier run wait for the database's word, new ones do not") {
  intake frames{fixture::small()};
  db::journal_recovery found;
  for (const auto* id : {"stored", "open"}) {
    const auto content = some_frame(id);
    found.frames.push_back({{1, 64}, digest_of(content->key), *content, 10});
  }
  found.ids.push_back(digest_of({"d.1", "gone"}));
  frames.recover(found);
  waiting_request known{some_frame("open")}, gone{some_frame("gone")}, fresh{some_frame("fresh")};
  frames.submit(known.message, {});
  CHECK(known.answer.get() == verdict::duplicate);
  frames.submit(gone.message, {});
  CHECK(gone.answer.get() == verdict::duplicate);
  frames.submit(fresh.message, {});
  frames.grouped(frames.group().at(0).sequence, {1, 99});
  frames.group_durable({});
  const auto first = frames.dispatch();
  REQUIRE(first.size() == 1);
  CHECK(first[0].at == db::journal_position{1, 99});
  CHECK(frames.unreconciled().size() == 2);
  const auto dropped = frames.reconcile({{"d.1", "stored"}});
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].digest == digest_of({"d.1", "stored"}));
  const auto second = frames.dispatch();
  REQUIRE(second.size() == 1);
  CHECK_FALSE(second[0].content);
  CHECK(second[0].way == route::everywhere);
}

TEST_CASE_FIXTURE(fixture,
                  "intake: after a reset everything that is not stored is parsed again for all sinks") {
  waiting_request a{some_frame("A")}, b{some_frame("B")}, c{some_frame("C")};
  const auto first = take(a), second = take(b);
  frames.parsed(first.at(0).sequence, 0);
  frames.submit(c.message, now); // not durable yet
  frames.reset();
  CHECK(frames.dispatch().empty());
  CHECK(frames.unreconciled().size() == 2);
  commit();
  CHECK(c.answer.get() == verdict::stored);
  CHECK(frames.dispatch().size() == 1);
  CHECK(frames.reconcile({{"d.1", "A"}}).size() == 1);
  const auto again = frames.dispatch();
  REQUIRE(again.size() == 1);
  CHECK(again[0].sequence == second.at(0).sequence);
  CHECK(again[0].way == route::everywhere);
}

TEST_CASE_FIXTURE(fixture, "intake: a frame that the journal cannot give back is counted and let go") {
  waiting_request a{some_frame("A")};
  const auto jobs = take(a);
  CHECK(frames.lost(jobs.at(0).sequence));
  CHECK(frames.idle());
  CHECK(status().lost_frames == 1);
  CHECK(status().parsing_bytes == 0);
}

TEST_CASE_FIXTURE(fixture, "intake: without room is who has as many frames as it may") {
  for (int i = 0; i < 5; ++i) {
    CHECK(frames.has_room());
    CHECK(status().journal_problem.empty());
    take(waiting_request{some_frame(std::to_string(i))});
  }
  CHECK_FALSE(frames.has_room());
  CHECK(status().journal_problem ==
        "5 frames wait for the database, as many as receiver.max-unstored-frames allows");
  const waiting_request waits{some_frame("5")};
  take(waits);
  CHECK_FALSE(waits.answered());
  CHECK(frames.knows(waits.message.content->key));
  CHECK_FALSE(frames.knows({"d.1", "6"}));
}

TEST_CASE_FIXTURE(fixture, "intake: once closed it refuses new frames and finishes the others") {
  waiting_request before{some_frame("A")}, after{some_frame("B")};
  frames.submit(before.message, now);
  frames.close();
  frames.submit(after.message, now);
  CHECK(after.answer.get() == verdict::stopping);
  commit();
  CHECK(before.answer.get() == verdict::stored);
  CHECK_FALSE(frames.idle());
  frames.stored(frames.dispatch().at(0).sequence);
  CHECK(frames.idle());
}
