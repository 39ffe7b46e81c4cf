// The receiver with stub parsers and a real journal, in virtual time.
#include <doctest/doctest.h>

#include "actors/receiver.hpp"
#include "tests/support/still_system.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/actors/samples.hpp"

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

// What the stub parsers were asked, and how often each frame made them throw.
struct parser_log {
  std::vector<parse_job> jobs;
  std::string deadly_id;
};

class stub_parser : public parser_actor::base {
public:
  stub_parser(caf::actor_config& config, std::shared_ptr<parser_log> log)
      : parser_actor::base(config), log_(std::move(log)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const parse_group& group) -> caf::result<parse_receipt> {
      for (const auto& job : group.jobs) {
        log_->jobs.push_back(job);
        if (!job.keep_raw && job.content->key.id == log_->deadly_id)
          throw std::runtime_error("deadly frame");
      }
      return parse_receipt{3 * group.jobs.size(), std::vector<std::uint64_t>(group.jobs.size())};
    }};
  }

private:
  std::shared_ptr<parser_log> log_;
};

struct fixture : still_system {
  temp_dir folder;
  std::shared_ptr<parser_log> log = std::make_shared<parser_log>();
  receiver_actor box;

  fixture() { start(); }
  ~fixture() { stop(box); }

  void start() {
    journal_settings journal;
    journal.segment_bytes = 64 * 1024;
    journal.quota_bytes = 4 * journal.segment_bytes;
    auto opened = db::journal::open(folder.path() / "journal", journal, receiver_settings{}.remembered_frames,
                                    timestamp{std::chrono::hours{490'000}});
    REQUIRE_MESSAGE(opened.value, opened.problem);
    box = system.spawn<receiver>(receiver_settings{}, std::move(opened));
    attach();
  }

  void restart() {
    stop(box);
    box = nullptr;
    start();
  }

  void attach() {
    caf::anon_send(box, attach_atom_v, std::uint32_t{0}, parser_actor{system.spawn<stub_parser>(log)});
    run();
  }

  void post(const waiting_request& r) {
    caf::anon_send(box, r.message);
    run();
  }

  receiver_status status() { return ask<receiver_status>(box, status_atom_v); }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "receiver: answers after the journal's commit and hands the frame to a parser") {
  waiting_request r{some_frame("A")};
  post(r);
  CHECK(r.answer.get() == verdict::stored);
  REQUIRE(log->jobs.size() == 1);
  CHECK(log->jobs[0].way == route::everywhere);
  CHECK(status().lines == 3);
  CHECK(status().journal_bytes == 10);
  caf::anon_send(box, committed_frames{{log->jobs[0].sequence}});
  run();
  CHECK(status().journal_bytes == 0);
  CHECK(status().unstored_frames == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "receiver: what was answered survives and is parsed when the database has spoken") {
  waiting_request stored{some_frame("A")}, open{some_frame("B")};
  post(stored);
  post(open);
  log->jobs.clear();
  restart();
  CHECK(log->jobs.empty());
  const auto unstored = ask<unstored_frames>(box, unstored_atom_v, std::uint64_t{0});
  REQUIRE(unstored.keys.size() == 2);
  CHECK(unstored.is_last);
  caf::anon_send(box, reconciled_frames{{{"d.1", "A"}}, false});
  run();
  CHECK(log->jobs.empty());
  caf::anon_send(box, reconciled_frames{});
  run();
  REQUIRE(log->jobs.size() == 1);
  CHECK(log->jobs[0].content->key.id == "B");
  CHECK(log->jobs[0].content->body == open.message.content->body);
  waiting_request again{some_frame("A")};
  post(again);
  CHECK(again.answer.get() == verdict::duplicate);
}

TEST_CASE_FIXTURE(fixture, "receiver: a full journal holds the answer back until there is room") {
  std::vector<waiting_request> requests;
  for (int i = 0; i < 5; ++i) {
    requests.emplace_back(some_frame(std::to_string(i), 60'000));
    post(requests.back());
  }
  CHECK(requests[3].answered());
  CHECK_FALSE(requests[4].answered());
  CHECK(status().held == 1);
  CHECK(status().journal_problem.find("journal.quota-bytes") != std::string::npos);
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence}});
  advance(100ms);
  CHECK(requests[4].answer.get() == verdict::stored);
  waiting_request late{some_frame("late", 60'000)};
  post(late);
  for (int i = 0; i < 39; ++i)
    advance(100ms);
  CHECK_FALSE(late.answered());
  for (int i = 0; i < 2; ++i)
    advance(100ms);
  CHECK(late.answer.get() == verdict::overloaded);
}

TEST_CASE_FIXTURE(fixture, "receiver: another node's frame does not wait for room") {
  std::vector<waiting_request> requests;
  for (int i = 0; i < 5; ++i) {
    requests.emplace_back(some_frame(std::to_string(i), 60'000));
    post(requests.back());
  }
  CHECK(ask<verdict>(box, some_frame("theirs", 60'000)) == verdict::overloaded);
  CHECK(ask<verdict>(box, some_frame("0", 60'000)) == verdict::duplicate);
  for (const auto& job : log->jobs)
    caf::anon_send(box, committed_frames{{job.sequence}});
  for (int i = 0; i < 12; ++i)
    advance(100ms);
  CHECK(ask<verdict>(box, some_frame("theirs", 60'000)) == verdict::stored);
}

TEST_CASE_FIXTURE(fixture, "receiver: sees without requests that a full journal has room again") {
  std::vector<waiting_request> requests;
  for (int i = 0; i < 5; ++i) {
    requests.emplace_back(some_frame(std::to_string(i), 60'000));
    post(requests.back());
  }
  for (int i = 0; i < 60; ++i)
    advance(100ms);
  CHECK(requests[4].answer.get() == verdict::overloaded);
  CHECK(status().held == 0);
  CHECK_FALSE(status().journal_problem.empty());
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence}});
  for (int i = 0; i < 9; ++i)
    advance(100ms);
  CHECK_FALSE(status().journal_problem.empty());
  for (int i = 0; i < 3; ++i)
    advance(100ms);
  CHECK(status().journal_problem.empty());
}

TEST_CASE_FIXTURE(fixture, "receiver: after a reset all that is not stored goes to the new parsers") {
  waiting_request a{some_frame("A")};
  post(a);
  caf::anon_send(box, reset_atom_v);
  run();
  log->jobs.clear();
  attach();
  CHECK(log->jobs.empty());
  ask<unstored_frames>(box, unstored_atom_v, std::uint64_t{0});
  caf::anon_send(box, reconciled_frames{});
  run();
  REQUIRE(log->jobs.size() == 1);
  CHECK(log->jobs[0].way == route::everywhere);
}

TEST_CASE_FIXTURE(fixture,
                  "receiver: the frames of a dead parser go to its successor, the deadly one is kept raw") {
  log->deadly_id = "B";
  waiting_request a{some_frame("A")}, b{some_frame("B")}, c{some_frame("C")};
  caf::anon_send(box, a.message);
  caf::anon_send(box, b.message);
  caf::anon_send(box, c.message);
  run();
  CHECK(log->jobs.size() == 2); // A and B of a group of three
  attach();
  CHECK(log->jobs.size() == 4); // A, and B once more; C waits behind it
  attach();
  CHECK(log->jobs.size() == 6);
  CHECK(log->jobs[4].keep_raw);
  CHECK_FALSE(log->jobs[5].keep_raw);
  CHECK(status().salvaged == 1);
  CHECK(status().lines == 9);
  CHECK(status().parsing_bytes == 0);
}

TEST_CASE_FIXTURE(fixture, "receiver: counts lines per second over ten seconds") {
  for (int i = 0; i < 100; ++i) {
    if (i % 5 == 0)
      post(waiting_request{some_frame(std::to_string(i))});
    advance(100ms);
  }
  CHECK(status().lines_per_second == doctest::Approx(6).epsilon(0.05));
  for (int i = 0; i < 101; ++i)
    advance(100ms);
  CHECK(status().lines_per_second == 0);
}

TEST_CASE_FIXTURE(fixture, "receiver: drains when nothing is under way any more") {
  waiting_request r{some_frame("A")};
  post(r);
  auto pending = self->request(box, caf::infinite, drain_atom_v);
  run();
  bool drained = false;
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence}});
  run();
  pending.receive([&](bool answer) { drained = answer; }, [&](caf::error& e) { FAIL(system.render(e)); });
  CHECK(drained);
  waiting_request late{some_frame("B")};
  post(late);
  CHECK(late.answer.get() == verdict::stopping);
}
