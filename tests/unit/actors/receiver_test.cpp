// The receiver with stub parsers and a real journal, in virtual time.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "actors/receiver.hpp"
#include "db/journal/in_hand_file.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/still_system.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/actors/samples.hpp"

namespace receiver_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

// What the stub parsers received, and how often each frame made them throw.
struct parser_log {
  std::vector<parse_job> jobs;
  std::size_t groups = 0;
  std::string deadly_id;
};

class stub_parser : public parser_actor::base {
public:
  stub_parser(caf::actor_config& config, std::shared_ptr<parser_log> log)
      : parser_actor::base(config), log_(std::move(log)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const parse_group& group) -> caf::result<parse_receipt> {
              ++log_->groups;
              for (const auto& job : group.jobs) {
                log_->jobs.push_back(job);
                if (!job.is_kept_raw && job.content->key.id == log_->deadly_id)
                  throw std::runtime_error("deadly frame");
              }
              return parse_receipt{3 * group.jobs.size(), std::vector<std::uint64_t>(group.jobs.size())};
            },
            [](const rollup::limits&) {}};
  }

private:
  std::shared_ptr<parser_log> log_;
};

// Takes frames and never answers.
class mute_parser : public parser_actor::base {
public:
  using parser_actor::base::base;

protected:
  behavior_type make_behavior() override {
    return {[this](const parse_group&) -> caf::result<parse_receipt> {
              open_.push_back(make_response_promise<parse_receipt>());
              return open_.back();
            },
            [](const rollup::limits&) {}};
  }
  void on_exit() override { open_.clear(); }

private:
  std::vector<caf::typed_response_promise<parse_receipt>> open_;
};

struct fixture : still_system {
  temp_dir folder;
  std::shared_ptr<parser_log> log = std::make_shared<parser_log>();
  receiver_actor box;
  std::chrono::seconds keep_stored{300};

  fixture() { start(); }
  ~fixture() { stop(box); }

  db::journal::opened open_journal() const {
    journal_settings journal;
    journal.segment_bytes = 64 * 1024;
    journal.quota_bytes = 4 * journal.segment_bytes;
    journal.keep_stored = keep_stored;
    auto opened = db::journal::open(folder.path() / "journal", journal, receiver_settings{}.remembered_frames,
                                    timestamp{std::chrono::hours{490'000}});
    REQUIRE(problem_in(opened) == "");
    return *std::move(opened);
  }

  void start() {
    box = system.spawn<boxed<receiver>>(receiver_settings{}, open_journal());
    join_pool();
  }

  void restart() {
    stop(box);
    box = nullptr;
    start();
  }

  void join_pool() { join_pool(0, log); }
  void join_pool(std::uint32_t place, const std::shared_ptr<parser_log>& into) {
    caf::anon_send(box, join_pool_atom_v, place, parser_actor{system.spawn<stub_parser>(into)});
    run();
  }

  void post(const waiting_request& r) {
    caf::anon_send(box, r.group());
    run();
  }

  void reconcile(std::vector<frame_key> stored = {}) {
    ask<unstored_frames>(box, unstored_atom_v, std::uint64_t{0});
    caf::anon_send(box, reconciled_frames{std::move(stored)});
    run();
  }

  std::filesystem::path only_segment() const {
    for (const auto& entry : std::filesystem::directory_iterator{folder.path() / "journal"})
      if (entry.path().extension() == ".segment")
        return entry.path();
    throw std::runtime_error("no segment");
  }

  receiver_status status() { return ask<receiver_status>(box, status_atom_v); }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "receiver: answers after the journal's commit and hands the frame to a parser") {
  waiting_request r{some_frame("A")};
  post(r);
  CHECK(r.answer.get() == verdict::stored);
  REQUIRE(log->jobs.size() == 1);
  CHECK(log->jobs[0].deliver_to == delivery::all);
  CHECK(status().lines == 3);
  CHECK(status().journal_bytes == 10);
  caf::anon_send(box, committed_frames{{log->jobs[0].sequence}});
  run();
  CHECK(status().journal_bytes == 0);
  CHECK(status().unstored_frames == 0);
}

TEST_CASE_FIXTURE(fixture, "receiver: small frames go to one parser together, large ones are shared out") {
  const auto other = std::make_shared<parser_log>();
  join_pool(1, other);
  const auto post_two = [this](std::size_t bytes, const std::string& id) {
    const waiting_request first{some_frame(id + "1", bytes)}, second{some_frame(id + "2", bytes)};
    caf::anon_send(box, submissions{{first.message, second.message}});
    run();
  };
  post_two(10, "small");
  CHECK(log->jobs.size() + other->jobs.size() == 2);
  CHECK(log->groups + other->groups == 1);
  post_two(40'000, "large");
  CHECK(log->jobs.size() + other->jobs.size() == 4);
  CHECK(log->groups + other->groups == 3);
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
  CHECK(requests[3].is_answered());
  CHECK_FALSE(requests[4].is_answered());
  CHECK(status().held == 1);
  REQUIRE(status().no_room);
  CHECK(status().no_room->sentence.find("journal.quota-bytes") != std::string::npos);
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence}});
  advance(100ms);
  CHECK(requests[4].answer.get() == verdict::stored);
  waiting_request late{some_frame("late", 60'000)};
  post(late);
  for (int i = 0; i < 39; ++i)
    advance(100ms);
  CHECK_FALSE(late.is_answered());
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
  CHECK(status().no_room);
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence}});
  for (int i = 0; i < 9; ++i)
    advance(100ms);
  CHECK(status().no_room);
  for (int i = 0; i < 3; ++i)
    advance(100ms);
  CHECK_FALSE(status().no_room);
}

TEST_CASE_FIXTURE(fixture, "receiver: after a reset all that is not stored goes to the new parsers") {
  waiting_request a{some_frame("A")};
  post(a);
  caf::anon_send(box, reset_atom_v);
  run();
  log->jobs.clear();
  join_pool();
  CHECK(log->jobs.empty());
  ask<unstored_frames>(box, unstored_atom_v, std::uint64_t{0});
  caf::anon_send(box, reconciled_frames{});
  run();
  REQUIRE(log->jobs.size() == 1);
  CHECK(log->jobs[0].deliver_to == delivery::all);
}

TEST_CASE_FIXTURE(fixture,
                  "receiver: the frames of a dead parser go to its successor, the deadly one is kept raw") {
  log->deadly_id = "B";
  waiting_request a{some_frame("A")}, b{some_frame("B")}, c{some_frame("C")};
  caf::anon_send(box, a.group());
  caf::anon_send(box, b.group());
  caf::anon_send(box, c.group());
  run();
  CHECK(log->jobs.size() == 2); // A and B of a group of three
  join_pool();
  CHECK(log->jobs.size() == 4); // A, and B once more; C waits after it
  join_pool();
  CHECK(log->jobs.size() == 6);
  CHECK(log->jobs[4].is_kept_raw);
  CHECK_FALSE(log->jobs[5].is_kept_raw);
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

TEST_CASE_FIXTURE(fixture, "receiver: settles when nothing is under way any more") {
  waiting_request r{some_frame("A")};
  post(r);
  auto pending = self->request(box, caf::infinite, settle_atom_v);
  run();
  bool settled = false;
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence}});
  run();
  pending.receive([&](bool answer) { settled = answer; }, [&](caf::error& e) { FAIL(system.render(e)); });
  CHECK(settled);
  waiting_request late{some_frame("B")};
  post(late);
  CHECK(late.answer.get() == verdict::stopping);
}

TEST_CASE_FIXTURE(fixture, "receiver: small frames come to the parsers in groups") {
  for (int i = 0; i < 600; ++i)
    caf::anon_send(box, waiting_request{some_frame(std::to_string(i), 1)}.group());
  run();
  restart();
  log->jobs.clear();
  log->groups = 0;
  reconcile();
  CHECK(log->jobs.size() == 600);
  CHECK(log->groups == 3); // of one parser
}

TEST_CASE_FIXTURE(fixture, "receiver: requests are answered between two rounds of an earlier run's frames") {
  for (int i = 0; i < 600; ++i)
    caf::anon_send(box, waiting_request{some_frame(std::to_string(i), 1)}.group());
  run();
  restart();
  log->jobs.clear();
  ask<unstored_frames>(box, unstored_atom_v, std::uint64_t{0});
  waiting_request now{some_frame("now")};
  caf::anon_send(box, reconciled_frames{});
  caf::anon_send(box, now.group());
  run();
  CHECK(now.is_answered());
  REQUIRE(log->jobs.size() == 601);
  CHECK(log->jobs.back().content->key.id != "now");
}

TEST_CASE_FIXTURE(fixture, "receiver: a parser that hangs is the receiver's end") {
  const parser_actor mute = system.spawn<mute_parser>();
  caf::anon_send(box, join_pool_atom_v, std::uint32_t{1}, mute);
  run();
  self->monitor(box);
  for (int i = 0; i < 2; ++i) // the second parser gets one of them: they are too large to stay together
    caf::anon_send(box, waiting_request{some_frame(std::to_string(i), 40'000)}.group());
  run();
  for (std::chrono::seconds waited{0}; waited < receiver::parser_timeout; waited += 1s)
    advance(1s);
  CHECK_FALSE(self->has_next_message());
  advance(1s);
  REQUIRE(self->has_next_message());
  self->receive([&](const caf::down_msg& gone) { CHECK(gone.reason == make_error(ec::box_hangs)); });
  stop(mute);
}

TEST_CASE_FIXTURE(fixture,
                  "receiver: frames that the database has lost are stored again, and not counted again") {
  waiting_request a{some_frame("A")}, b{some_frame("B")};
  post(a);
  post(b);
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence, log->jobs.at(1).sequence}});
  run();
  log->jobs.clear();
  const auto kept = ask<kept_frames>(box, kept_atom_v, std::uint64_t{0});
  CHECK(kept.keys == std::vector<frame_key>{{"d.1", "A"}, {"d.1", "B"}});
  CHECK(kept.is_last);
  for (int i = 0; i < 2; ++i) { // reported twice, it is stored once
    caf::anon_send(box, missing_frames{{{"d.1", "B"}}});
    run();
  }
  REQUIRE(log->jobs.size() == 1);
  CHECK(log->jobs[0].content->key.id == "B");
  CHECK(log->jobs[0].deliver_to == delivery::database);
  CHECK(status().journal_bytes == 10);
  caf::anon_send(box, committed_frames{{log->jobs[0].sequence}});
  run();
  CHECK(status().journal_bytes == 0);
  CHECK(status().unstored_frames == 0);
  CHECK(status().lost_frames == 0);
}

TEST_CASE_FIXTURE(fixture, "receiver: a frame that was in hand at two ends of the process is kept raw") {
  post(waiting_request{some_frame("A")});
  post(waiting_request{some_frame("B")});
  // Acts like a parser at the end of the process.
  const auto die_over_b = [&] {
    stop(box);
    box = nullptr;
    db::in_hand_file notes{folder.path() / "journal" / "in-hand", [](const frame_digest&) { return true; }};
    notes.note(0)->write(digest_of({"d.1", "B"}));
    log->jobs.clear();
    start();
    reconcile();
  };
  die_over_b();
  REQUIRE(log->jobs.size() == 2);
  CHECK_FALSE(log->jobs[1].is_kept_raw);
  die_over_b();
  REQUIRE(log->jobs.size() == 2);
  CHECK_FALSE(log->jobs[0].is_kept_raw);
  CHECK(log->jobs[1].is_kept_raw);
  CHECK(status().salvaged == 1);
}

TEST_CASE_FIXTURE(fixture, "receiver: of a frame whose bytes are damaged the file is kept") {
  post(waiting_request{some_frame("A", 100)});
  post(waiting_request{some_frame("B", 100)});
  const auto segment = only_segment();
  keep_stored = 0s;
  restart();
  log->jobs.clear();
  {
    std::fstream file{segment, std::ios::in | std::ios::out | std::ios::binary};
    std::string bytes(1024, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.seekp(static_cast<std::streamoff>(bytes.find("xxxx")));
    file.put('y');
  }
  reconcile();
  REQUIRE(log->jobs.size() == 1);
  CHECK(log->jobs[0].content->key.id == "B");
  CHECK(status().lost_frames == 1);
  CHECK(status().unstored_frames == 1);
  caf::anon_send(box, committed_frames{{log->jobs[0].sequence}});
  run();
  stop(box);
  CHECK_FALSE(std::filesystem::exists(segment));
  CHECK(std::any_of(std::filesystem::directory_iterator{folder.path() / "journal"}, {},
                    [&](const auto& file) { return file.path().string().starts_with(segment.string()); }));
  box = nullptr;
  log->jobs.clear();
  start();
  reconcile();
  CHECK(log->jobs.empty());
}

TEST_CASE_FIXTURE(fixture, "receiver: without its folder the journal takes no frames") {
  post(waiting_request{some_frame("A")});
  std::filesystem::remove_all(folder.path() / "journal");
  advance(1s);
  CHECK(status().no_room);
  waiting_request b{some_frame("B")};
  post(b);
  for (int i = 0; i < 20; ++i)
    advance(100ms);
  CHECK_FALSE(b.is_answered());
  CHECK(status().no_room);
}

TEST_CASE_FIXTURE(fixture, "receiver: what is stored at a clean stop is found by no later run") {
  frame dated = *some_frame("A");
  dated.received_at = timestamp{489'999h};
  post(waiting_request{std::make_shared<const frame>(dated)});
  dated.key.id = "B";
  dated.received_at += 1h;
  post(waiting_request{std::make_shared<const frame>(dated)});
  CHECK(status().oldest_record_at == timestamp{489'999h});
  caf::anon_send(box, committed_frames{{log->jobs.at(0).sequence, log->jobs.at(1).sequence}});
  run();
  restart();
  CHECK(ask<unstored_frames>(box, unstored_atom_v, std::uint64_t{0}).keys.empty());
}

TEST_CASE_FIXTURE(fixture, "receiver: a frame that the journal holds twice leaves nothing behind") {
  stop(box);
  box = nullptr;
  {
    const auto opened = open_journal();
    for (int i = 0; i < 2; ++i) { // as if a sync had failed after everything was written
      REQUIRE(opened.value->append(some_frame("A", 100)));
      REQUIRE(opened.value->commit().code == db::outcome::done);
    }
  }
  start();
  CHECK(status().journal_bytes == 100);
  reconcile({some_frame("A")->key});
  CHECK(status().journal_bytes == 0);
  CHECK(log->jobs.empty());
}

} // namespace receiver_test
