// The receiver with stub parsers, in virtual time.
#include <doctest/doctest.h>

#include "actors/receiver.hpp"
#include "tests/support/still_system.hpp"
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
    return {[this](const parse_job& job) -> caf::result<parse_receipt> {
      log_->jobs.push_back(job);
      if (!job.keep_raw && job.content->key.id == log_->deadly_id)
        throw std::runtime_error("deadly frame");
      return parse_receipt{3};
    }};
  }

private:
  std::shared_ptr<parser_log> log_;
};

struct fixture : still_system {
  std::shared_ptr<parser_log> log = std::make_shared<parser_log>();
  receiver_actor box = system.spawn<receiver>(receiver_settings{});

  fixture() {
    caf::anon_send(box, restored_frames{{}, true});
    attach();
  }
  ~fixture() { stop(box); }

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

TEST_CASE_FIXTURE(fixture, "receiver: hands a frame to a parser and answers after the commit") {
  waiting_request r{some_frame("A")};
  post(r);
  REQUIRE(log->jobs.size() == 1);
  CHECK_FALSE(r.answered());
  caf::anon_send(box, committed_frames{{log->jobs[0].sequence}});
  run();
  CHECK(r.answer.get() == verdict::stored);
  CHECK(status().lines == 3);
}

TEST_CASE_FIXTURE(fixture, "receiver: a request is answered within its time although nothing is committed") {
  waiting_request r{some_frame("A")};
  post(r);
  for (int i = 0; i < 39; ++i)
    advance(100ms);
  CHECK_FALSE(r.answered());
  for (int i = 0; i < 2; ++i)
    advance(100ms);
  REQUIRE(r.answered());
  CHECK(r.answer.get() == verdict::overloaded);
}

TEST_CASE_FIXTURE(fixture,
                  "receiver: the frames of a dead parser go to its successor, the deadly one is kept raw") {
  log->deadly_id = "B";
  waiting_request a{some_frame("A")}, b{some_frame("B")}, c{some_frame("C")};
  caf::anon_send(box, a.message);
  caf::anon_send(box, b.message);
  caf::anon_send(box, c.message);
  run();
  attach();
  CHECK(log->jobs.size() == 3); // A, and B twice; C waits behind it
  attach();
  CHECK(status().salvaged == 1);
  CHECK(status().lines == 9);
  std::vector<std::uint64_t> all;
  for (const auto& job : log->jobs)
    all.push_back(job.sequence);
  caf::anon_send(box, committed_frames{all});
  run();
  CHECK(a.answer.get() == verdict::stored);
  CHECK(b.answer.get() == verdict::stored);
  CHECK(c.answer.get() == verdict::stored);
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
