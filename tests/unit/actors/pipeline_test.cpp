// All boxes together: wiring, the way of a batch, supervision and the stop. Real threads, a scripted store.
#include <condition_variable>
#include <mutex>

#include <doctest/doctest.h>

#include "actors/parser.hpp"
#include "actors/pipeline.hpp"
#include "actors/receiver.hpp"
#include "messages/config.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/samples.hpp"

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const std::string line =
    "<158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=info method=GET path=\"/\" "
    "host=h request_id=r fwd=\"203.0.113.9\" dyno=web.1 connect=0ms service=7ms status=200 "
    "bytes=5 protocol=https\n";

frame_ptr frame_of_lines(std::string id, int lines) {
  auto result = std::make_shared<frame>();
  result->key = {"d.1", std::move(id)};
  result->app = "shop";
  result->received_at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  for (int i = 0; i < lines; ++i)
    result->body += std::to_string(line.size()) + " " + line;
  return result;
}

struct fixture {
  config configuration;
  caf::actor_system system{configuration};
  std::shared_ptr<store_script> script = std::make_shared<store_script>();
  std::promise<std::string> fatal;

  pipeline make() {
    return pipeline{system, settings{}, std::make_unique<scripted_store>(script), nullptr,
                    [this](const std::string& sentence) { fatal.set_value(sentence); }};
  }
};

class quiet_parser : public parser_actor::base {
public:
  explicit quiet_parser(caf::actor_config& config) : parser_actor::base(config) {}

protected:
  behavior_type make_behavior() override {
    return {[](const parse_job&) -> caf::result<parse_receipt> { throw std::runtime_error("always"); }};
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture,
                  "pipeline: lines go from the receiver to the metrics and the database, then the answer") {
  auto boxes = make();
  waiting_request r{frame_of_lines("A", 5)};
  caf::anon_send(boxes.handles().receiver, r.message);
  CHECK(r.answer.get() == verdict::stored);
  caf::scoped_actor self{system};
  self->request(boxes.handles().aggregator, 5s, metrics_query{})
      .receive(
          [](const snapshot_ptr& snapshot) {
            CHECK(snapshot->totals.requests == 5);
            CHECK(snapshot->totals.service.quantile_ms(0.5) == 7);
          },
          [&](const caf::error& e) { FAIL(system.render(e)); });
  CHECK(boxes.stop(5s));
  CHECK(script->transactions == std::vector<std::vector<std::string>>{{"A"}});
}

TEST_CASE_FIXTURE(fixture, "pipeline: a stop stores what is under way and answers it") {
  auto boxes = make();
  std::vector<waiting_request> requests;
  for (int i = 0; i < 50; ++i)
    requests.emplace_back(frame_of_lines(std::to_string(i), 20));
  for (const auto& r : requests)
    caf::anon_send(boxes.handles().receiver, r.message);
  CHECK(boxes.stop(5s));
  for (auto& r : requests)
    CHECK(r.answer.get() == verdict::stored);
}

TEST_CASE_FIXTURE(fixture, "pipeline: a stop does not wait for ever for a database that is away") {
  script->opens.assign(1000, db::outcome::retry);
  auto boxes = make();
  waiting_request r{frame_of_lines("A", 1)};
  caf::anon_send(boxes.handles().receiver, r.message);
  CHECK_FALSE(boxes.stop(50ms));
}

TEST_CASE_FIXTURE(fixture, "pipeline: the failure of a box that is no parser is fatal") {
  script->opens = {db::outcome::rejected};
  auto boxes = make();
  CHECK(fatal.get_future().get().find("store_unusable") != std::string::npos);
}

TEST_CASE_FIXTURE(still_system, "supervisor: parsers that fail again and again are fatal") {
  auto front = system.spawn<receiver>(receiver_settings{});
  std::vector<std::string> sentences;
  int spawned = 0;
  auto boss = system.spawn<supervisor>(
      [&] {
        ++spawned;
        return parser_actor{system.spawn<quiet_parser>()};
      },
      std::size_t{1}, front, std::vector<caf::strong_actor_ptr>{},
      [&](const std::string& sentence) { sentences.push_back(sentence); });
  caf::anon_send(front, restored_frames{{}, true});
  waiting_request r{some_frame("A")};
  caf::anon_send(front, r.message);
  run();
  CHECK(spawned == static_cast<int>(supervisor::max_crashes) + 1);
  REQUIRE(sentences.size() == 1);
  CHECK(sentences[0].find("again and again") != std::string::npos);
  stop(front, boss);
}
