// The receiver's decisions, without actors or clock.
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
    return s;
  }

  intake frames{small()};
  intake::time now{};

  fixture() { frames.remember({}, true); }

  receiver_status status() const {
    receiver_status s;
    frames.describe(s);
    return s;
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "intake: a new frame is admitted at once and answered when it is durable") {
  waiting_request r{some_frame("A")};
  frames.submit(r.message, now);
  const auto admitted = frames.admit();
  REQUIRE(admitted.size() == 1);
  frames.parsed(admitted[0].sequence);
  CHECK_FALSE(r.answered());
  frames.committed(admitted[0].sequence);
  REQUIRE(r.answered());
  CHECK(r.answer.get() == verdict::stored);
  CHECK(frames.idle());
  CHECK(status().unstored_bytes == 0);
  CHECK(status().parsing_bytes == 0);
}

TEST_CASE_FIXTURE(fixture, "intake: simultaneous duplicates are one frame and are answered together") {
  waiting_request first{some_frame("A")}, second{some_frame("A")};
  frames.submit(first.message, now);
  frames.submit(second.message, now);
  const auto admitted = frames.admit();
  REQUIRE(admitted.size() == 1);
  frames.committed(admitted[0].sequence);
  CHECK(first.answer.get() == verdict::stored);
  CHECK(second.answer.get() == verdict::stored);
  CHECK(status().duplicates == 1);
}

TEST_CASE_FIXTURE(fixture, "intake: a frame stored before is answered without work") {
  waiting_request first{some_frame("A")}, again{some_frame("A")}, elsewhere{some_frame("A", 10, "d.2")};
  frames.submit(first.message, now);
  frames.committed(frames.admit().at(0).sequence);
  frames.submit(again.message, now);
  REQUIRE(again.answered());
  CHECK(again.answer.get() == verdict::duplicate);
  frames.submit(elsewhere.message, now);
  CHECK(frames.admit().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "intake: frames without id equal no other") {
  waiting_request first{some_frame("")}, second{some_frame("")};
  frames.submit(first.message, now);
  frames.submit(second.message, now);
  CHECK(frames.admit().size() == 2);
}

TEST_CASE_FIXTURE(fixture, "intake: what has no room waits in order until parsers and database free it") {
  waiting_request a{some_frame("A", 60)}, b{some_frame("B", 60)}, c{some_frame("C", 10)};
  frames.submit(a.message, now);
  frames.submit(b.message, now);
  frames.submit(c.message, now);
  const auto first = frames.admit();
  REQUIRE(first.size() == 1); // C would fit, but does not overtake B
  CHECK(status().held == 2);
  frames.parsed(first[0].sequence);
  const auto second = frames.admit();
  REQUIRE(second.size() == 2);
  CHECK(status().unstored_bytes == 130);
  waiting_request d{some_frame("D", 30)};
  frames.submit(d.message, now);
  frames.parsed(second[0].sequence);
  frames.parsed(second[1].sequence);
  CHECK(frames.admit().empty()); // the database has not taken A to C yet
  frames.committed(first[0].sequence);
  CHECK(frames.admit().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "intake: a held request is told in time and its frame is forgotten") {
  waiting_request a{some_frame("A", 90)}, b{some_frame("B", 90)};
  frames.submit(a.message, now);
  frames.submit(b.message, now);
  const auto admitted = frames.admit();
  frames.expire(now + 3999ms);
  CHECK_FALSE(b.answered());
  frames.expire(now + 4s);
  CHECK(b.answer.get() == verdict::overloaded);
  CHECK(a.answer.get() == verdict::overloaded);
  CHECK(status().held == 0);
  CHECK(status().overloaded == 2);
  waiting_request retry_of_b{some_frame("B", 20)};
  frames.submit(retry_of_b.message, now + 4s);
  CHECK(status().held == 1);
}

TEST_CASE_FIXTURE(fixture, "intake: the retry of a frame that is still under way joins it") {
  waiting_request first{some_frame("A")};
  frames.submit(first.message, now);
  const auto admitted = frames.admit();
  frames.expire(now + 4s);
  CHECK(first.answer.get() == verdict::overloaded);
  waiting_request retry{some_frame("A")};
  frames.submit(retry.message, now + 4s);
  CHECK(frames.admit().empty());
  frames.committed(admitted[0].sequence);
  CHECK(retry.answer.get() == verdict::stored);
}

TEST_CASE_FIXTURE(fixture, "intake: a commit may overtake the receipt of the parser") {
  waiting_request r{some_frame("A")};
  frames.submit(r.message, now);
  const auto sequence = frames.admit().at(0).sequence;
  frames.committed(sequence);
  frames.parsed(sequence);
  frames.committed(sequence);
  CHECK(status().parsing_bytes == 0);
  CHECK(status().unstored_bytes == 0);
  CHECK(status().unstored_frames == 0);
}

TEST_CASE("intake: nothing is admitted before earlier frames are known, and they are duplicates then") {
  intake frames{fixture::small()};
  waiting_request known{some_frame("A")}, fresh{some_frame("B")};
  frames.submit(known.message, {});
  frames.submit(fresh.message, {});
  CHECK(frames.admit().empty());
  frames.remember({{"d.1", "A"}}, false);
  CHECK(frames.admit().empty());
  frames.remember({}, true);
  CHECK(known.answer.get() == verdict::duplicate);
  const auto admitted = frames.admit();
  REQUIRE(admitted.size() == 1);
  CHECK(admitted[0].content->key.id == "B");
}

TEST_CASE_FIXTURE(fixture, "intake: once closed it refuses new frames and finishes the others") {
  waiting_request before{some_frame("A")}, after{some_frame("B")};
  frames.submit(before.message, now);
  const auto admitted = frames.admit();
  frames.close();
  frames.submit(after.message, now);
  CHECK(after.answer.get() == verdict::stopping);
  CHECK_FALSE(frames.idle());
  frames.committed(admitted[0].sequence);
  CHECK(before.answer.get() == verdict::stored);
  CHECK(frames.idle());
}
