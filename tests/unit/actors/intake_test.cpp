// The receiver's decisions, without actors, journal or clock.
#include <doctest/doctest.h>

#include "actors/intake.hpp"
#include "tests/unit/actors/samples.hpp"

namespace intake_test {

using namespace parseflow;
using namespace parseflow::actors;
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

  fixture() { reconcile({}); }

  // Acts like a database that has `stored`; returns what the journal may drop.
  std::vector<intake::releasable> reconcile(const std::vector<frame_key>& stored) {
    return reconcile(frames, stored);
  }
  static std::vector<intake::releasable> reconcile(intake& frames, const std::vector<frame_key>& stored) {
    frames.unreconciled(0, 1000);
    std::vector<intake::releasable> dropped;
    for (const auto& key : stored)
      if (const auto bytes = frames.known(key))
        dropped.push_back(*bytes);
    frames.reconcile();
    return dropped;
  }

  receiver_status status() const {
    receiver_status s;
    frames.describe(s, timestamp{} + 100s);
    return s;
  }

  // Acts like a journal with room.
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
  CHECK_FALSE(r.is_answered());
  CHECK(frames.dispatch().empty());
  REQUIRE(frames.group().size() == 1);
  frames.grouped(frames.group()[0].sequence, {1, 64});
  CHECK_FALSE(r.is_answered());
  frames.group_durable(now);
  CHECK(r.answer.get() == verdict::stored);
  const auto jobs = frames.dispatch();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].deliver_to == delivery::all);
  CHECK(jobs[0].content->key.id == "A");
  frames.parsed(jobs[0].sequence, 0);
  const auto bytes = frames.stored(jobs[0].sequence);
  REQUIRE(bytes);
  CHECK(bytes->at == db::journal_position{1, 64});
  CHECK(frames.is_idle());
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
  CHECK_FALSE(a.is_answered());
  const auto again = frames.group();
  REQUIRE(again.size() == 2);
  CHECK(again[0].content->key.id == "A");
  commit();
  CHECK(a.answer.get() == verdict::stored);
  CHECK(b.answer.get() == verdict::stored);
}

TEST_CASE_FIXTURE(fixture,
                  "intake: a request that finds no room in the journal is answered in time, and forgotten") {
  waiting_request a{some_frame("A")};
  frames.submit(a.message, now);
  frames.expire(now + 3999ms);
  CHECK_FALSE(a.is_answered());
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
  CHECK_FALSE(second[0].content); // 60 + 60 are more than the budget, so it must be read again
  CHECK(second[0].at == db::journal_position{1, 65});
}

TEST_CASE_FIXTURE(fixture,
                  "intake: when the database is behind, metrics go on and it gets the rest later, in order") {
  waiting_request a{some_frame("A", 90)}, b{some_frame("B", 90)}, c{some_frame("C", 10)};
  const auto first = take(a);
  frames.parsed(first.at(0).sequence, 0);
  const auto second = take(b);
  REQUIRE(second.size() == 1);
  CHECK(second[0].deliver_to == delivery::metrics);
  frames.parsed(second[0].sequence, 0);
  const auto third = take(c);
  REQUIRE(third.size() == 1);
  CHECK(third[0].deliver_to == delivery::metrics); // there would be room for it, but B comes first
  frames.parsed(third[0].sequence, 0);
  CHECK(frames.dispatch().empty());
  CHECK(frames.stored(first[0].sequence));
  const auto replayed = frames.dispatch();
  REQUIRE(replayed.size() == 2);
  CHECK(replayed[0].sequence == second[0].sequence);
  CHECK(replayed[0].deliver_to == delivery::database);
  CHECK_FALSE(replayed[0].content);
  CHECK(replayed[1].sequence == third[0].sequence);
  CHECK(frames.stored(replayed[0].sequence));
  CHECK(frames.stored(replayed[1].sequence));
  CHECK(frames.is_idle());
  CHECK(status().unstored_bytes == 0);
}

TEST_CASE_FIXTURE(fixture, "intake: what the records take counts against the database's budget") {
  waiting_request a{some_frame("A", 10)}, b{some_frame("B", 10)};
  const auto first = take(a);
  frames.parsed(first.at(0).sequence, 135);
  CHECK(status().unstored_bytes == 145);
  const auto second = take(b);
  CHECK(second.at(0).deliver_to == delivery::metrics);
  frames.parsed(second[0].sequence, 135);
  CHECK(status().unstored_bytes == 145);
  CHECK(frames.stored(first[0].sequence));
  const auto replayed = frames.dispatch();
  CHECK(replayed.at(0).deliver_to == delivery::database);
  frames.parsed(replayed[0].sequence, 135);
  frames.reset();
  CHECK(status().unstored_bytes == 0);
  reconcile({});
  const auto again = frames.dispatch();
  REQUIRE(again.size() == 1);
  frames.parsed(again[0].sequence, 20);
  CHECK(frames.stored(again[0].sequence));
  CHECK(status().unstored_bytes == 0);
}

TEST_CASE_FIXTURE(
    fixture, "intake: the age of the oldest frame that is not stored shows how far the database is behind") {
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
  expected.counts[0] = expected.counts[4] = 1; // one at once, one after up to 5 ms
  expected.sum = 3ms;
  CHECK(status().acknowledgement == expected);
}

TEST_CASE_FIXTURE(fixture, "intake: one frame larger than a budget still has room") {
  waiting_request a{some_frame("A", 1000)};
  const auto jobs = take(a);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].deliver_to == delivery::all);
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
  CHECK(frames.unreconciled(0, 10).size() == 2);
  const auto dropped = fixture::reconcile(frames, {{"d.1", "stored"}});
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].digest == digest_of({"d.1", "stored"}));
  const auto second = frames.dispatch();
  REQUIRE(second.size() == 1);
  CHECK_FALSE(second[0].content);
  CHECK(second[0].deliver_to == delivery::all);
}

TEST_CASE_FIXTURE(fixture,
                  "intake: after a reset everything that is not stored is parsed again for all sinks") {
  waiting_request a{some_frame("A")}, b{some_frame("B")}, c{some_frame("C")};
  const auto first = take(a), second = take(b);
  frames.parsed(first.at(0).sequence, 0);
  frames.submit(c.message, now); // not durable yet
  frames.reset();
  CHECK(frames.dispatch().empty());
  CHECK(frames.unreconciled(0, 10).size() == 2);
  commit();
  CHECK(c.answer.get() == verdict::stored);
  CHECK(frames.dispatch().size() == 1);
  CHECK(reconcile({{"d.1", "A"}}).size() == 1);
  const auto again = frames.dispatch();
  REQUIRE(again.size() == 1);
  CHECK(again[0].sequence == second.at(0).sequence);
  CHECK(again[0].deliver_to == delivery::all);
}

TEST_CASE_FIXTURE(fixture, "intake: a frame that the journal cannot give back is counted and let go") {
  waiting_request a{some_frame("A")};
  const auto jobs = take(a);
  frames.lost(jobs.at(0).sequence);
  CHECK(frames.is_idle());
  CHECK(status().lost_frames == 1);
  CHECK(status().parsing_bytes == 0);
  waiting_request again{some_frame("A")}; // a sender that still has it may send it again
  CHECK(take(again).size() == 1);
}

TEST_CASE_FIXTURE(fixture, "intake: without room is who has as many frames as it may") {
  for (int i = 0; i < 5; ++i) {
    CHECK(frames.has_room());
    CHECK_FALSE(status().no_room);
    take(waiting_request{some_frame(std::to_string(i))});
  }
  CHECK_FALSE(frames.has_room());
  REQUIRE(status().no_room);
  CHECK(status().no_room->sentence ==
        "5 frames wait for the database, as many as receiver.max-unstored-frames allows");
  const waiting_request waits{some_frame("5")};
  take(waits);
  CHECK_FALSE(waits.is_answered());
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
  CHECK_FALSE(frames.is_idle());
  frames.stored(frames.dispatch().at(0).sequence);
  CHECK(frames.is_idle());
}

namespace {

struct earlier_run {
  db::journal_recovery found;

  void add(const std::string& id, db::journal_position at) {
    const auto content = some_frame(id);
    found.frames.push_back({at, digest_of(content->key), *content, 10});
  }
};

} // namespace

TEST_CASE("intake: what the database has is not parsed again, however few ids are remembered") {
  auto settings = fixture::small(); // remembers 10
  intake frames{settings};
  earlier_run before;
  std::vector<frame_key> stored;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    before.add(std::to_string(i), {1, 64 + i});
    stored.push_back({"d.1", std::to_string(i)});
  }
  frames.recover(before.found);
  CHECK(fixture::reconcile(frames, stored).size() == 1000);
  CHECK(frames.dispatch().empty());
  CHECK(frames.is_idle());
}

TEST_CASE("intake: unreconciled frames are listed in parts, and the answer may come in parts") {
  intake frames{fixture::small()};
  earlier_run before;
  for (const auto* id : {"A", "B", "C"})
    before.add(id, {1, 64});
  frames.recover(before.found);
  CHECK(frames.unreconciled(0, 2) == std::vector<frame_key>{{"d.1", "A"}, {"d.1", "B"}});
  CHECK(frames.unreconciled(2, 2) == std::vector<frame_key>{{"d.1", "C"}});
  CHECK(frames.known({"d.1", "A"}));
  CHECK(frames.dispatch().empty());
  CHECK(frames.known({"d.1", "C"}));
  frames.reconcile();
  const auto jobs = frames.dispatch();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].digest == digest_of({"d.1", "B"}));
  frames.reset();
  CHECK_FALSE(frames.known({"d.1", "B"})); // a writer that has gone knew it, and no writer has asked since
  frames.reconcile();
  CHECK(frames.dispatch().empty());
  CHECK(frames.unreconciled(0, 2).size() == 1);
}

TEST_CASE("intake: of a frame that the journal holds twice the former copy is let go at once") {
  intake frames{fixture::small()};
  earlier_run before;
  before.add("A", {1, 64});
  before.add("A", {2, 64});
  const auto copies = frames.recover(before.found);
  REQUIRE(copies.size() == 1);
  CHECK(copies[0].at == db::journal_position{1, 64});
  const auto dropped = fixture::reconcile(frames, {{"d.1", "A"}});
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].at == db::journal_position{2, 64});
}

TEST_CASE("intake: frames go to the parsers in rounds, and no more than so many are with them") {
  auto settings = fixture::small();
  settings.parsing_budget_bytes = settings.unstored_budget_bytes = 1 << 20;
  settings.max_unstored_frames = 10'000;
  intake frames{settings};
  earlier_run before;
  for (std::uint32_t i = 0; i < 2000; ++i)
    before.add(std::to_string(i), {1, 64 + i});
  frames.recover(before.found);
  fixture::reconcile(frames, {});
  for (std::size_t parsing = 0; parsing < intake::max_parsing; parsing += intake::round)
    CHECK(frames.dispatch().size() == intake::round);
  CHECK(frames.dispatch().empty());
  for (std::uint64_t sequence = 1; sequence <= intake::round / 2; ++sequence)
    frames.parsed(sequence, 0);
  CHECK(frames.dispatch().size() == intake::round / 2);
}

TEST_CASE("intake: what comes in now does not wait behind what earlier runs left") {
  intake frames{fixture::small()};
  earlier_run before;
  before.add("before", {1, 64});
  frames.recover(before.found);
  fixture::reconcile(frames, {});
  waiting_request r{some_frame("now")};
  frames.submit(r.message, {});
  frames.grouped(frames.group().at(0).sequence, {2, 64});
  frames.group_durable({});
  const auto jobs = frames.dispatch();
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].content->key.id == "now");
}

TEST_CASE("intake: the past is restored when the database has answered and the rest is parsed") {
  intake frames{fixture::small()};
  const auto is_restoring = [&] {
    receiver_status s;
    frames.describe(s, timestamp{});
    return s.is_restoring;
  };
  earlier_run before;
  before.add("A", {1, 64});
  before.add("B", {1, 99});
  frames.recover(before.found);
  CHECK(is_restoring());
  fixture::reconcile(frames, {{"d.1", "A"}});
  CHECK(is_restoring());
  const auto jobs = frames.dispatch();
  CHECK(is_restoring());
  frames.parsed(jobs.at(0).sequence, 0);
  CHECK_FALSE(is_restoring());
  frames.reset(); // the metrics have lost their counts
  CHECK(is_restoring());
  fixture::reconcile(frames, {{"d.1", "B"}});
  CHECK_FALSE(is_restoring());
}

TEST_CASE_FIXTURE(fixture,
                  "intake: bytes that cannot be read are read again some times before they are given up") {
  waiting_request a{some_frame("A")};
  const auto sequence = take(a).at(0).sequence;
  for (int i = 1; i < intake::read_attempts; ++i) {
    REQUIRE(frames.unreadable(sequence, now));
    CHECK(status().parsing_bytes == 0);
    CHECK(status().unstored_bytes == 0);
    frames.read_again(now);
    CHECK(frames.dispatch().empty());
    now += intake::read_backoff;
    frames.read_again(now);
    REQUIRE(frames.dispatch().size() == 1);
  }
  CHECK_FALSE(frames.unreadable(sequence, now));
  CHECK(frames.lost(sequence).key.id == "A");
  CHECK(frames.is_idle());
}

TEST_CASE_FIXTURE(fixture, "intake: bytes that could be read after all are as good as any") {
  waiting_request a{some_frame("A", 150)}, b{some_frame("B")};
  take(a);
  frames.parsed(1, 0);
  const auto first = take(b); // for the metrics only: the database has no room
  frames.parsed(first.at(0).sequence, 0);
  CHECK(frames.stored(1));
  const auto replayed = frames.dispatch();
  REQUIRE(replayed.at(0).deliver_to == delivery::database);
  CHECK(frames.unreadable(replayed[0].sequence, now));
  now += intake::read_backoff;
  frames.read_again(now);
  const auto again = frames.dispatch();
  REQUIRE(again.size() == 1);
  CHECK(again[0].deliver_to == delivery::database);
  frames.parsed(again[0].sequence, 0);
  CHECK(frames.stored(again[0].sequence));
  CHECK(frames.is_idle());
  CHECK(status().lost_frames == 0);
}

TEST_CASE_FIXTURE(fixture, "intake: what the database has lost goes there again, and not to the metrics") {
  waiting_request a{some_frame("A")};
  CHECK(frames.stored(take(a).at(0).sequence));
  const db::recovered_frame lost{{1, 64}, digest_of({"d.1", "A"}), *some_frame("A"), 10};
  frames.store_again(lost);
  frames.store_again(lost);
  const auto jobs = frames.dispatch();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].deliver_to == delivery::database);
  CHECK(jobs[0].at == db::journal_position{1, 64});
  CHECK_FALSE(status().is_restoring);
  frames.parsed(jobs[0].sequence, 0);
  CHECK(frames.stored(jobs[0].sequence));
}

TEST_CASE("intake: a frame that is not trusted is kept raw") {
  intake frames{fixture::small()};
  earlier_run before;
  before.add("A", {1, 64});
  before.add("B", {1, 99});
  frames.recover(before.found);
  REQUIRE(frames.distrust(digest_of({"d.1", "B"})));
  CHECK_FALSE(frames.distrust(digest_of({"d.1", "C"})));
  fixture::reconcile(frames, {});
  const auto jobs = frames.dispatch();
  REQUIRE(jobs.size() == 2);
  CHECK_FALSE(jobs[0].is_kept_raw);
  CHECK(jobs[1].is_kept_raw);
}

} // namespace intake_test
