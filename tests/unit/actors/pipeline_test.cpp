// All boxes together: wiring, the path of a batch, supervision and the stop. Uses real threads, a real
// journal and a scripted store.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/chrono.h>

#include "actors/pipeline.hpp"
#include "messages/alerts/parse_rules.hpp"
#include "messages/settings/config.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/scripted_retention.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/actors/samples.hpp"

namespace pipeline_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const std::string line =
    "<158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=info method=GET path=\"/\" "
    "host=h request_id=r fwd=\"203.0.113.9\" dyno=web.1 connect=0ms service=7ms "
    "status=200 bytes=5 protocol=https\n";

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
  temp_dir folder;
  config configuration;
  caf::actor_system system{configuration};
  std::shared_ptr<store_script> script = std::make_shared<store_script>();
  std::promise<std::string> fatal;
  settings values;
  box_sources sources;

  fixture() {
    values.storage.batch_interval = 5ms;
    values.journal.segment_bytes = 1 << 20;
    sources.store = [this] { return std::make_unique<scripted_store>(script); };
  }

  pipeline make() {
    auto opened =
        db::journal::open(folder.path() / "journal", values.journal, values.receiver.remembered_frames,
                          timestamp{std::chrono::hours{490'000}});
    REQUIRE(problem_in(opened) == "");
    return pipeline{system, values, *std::move(opened), sources,
                    [this](const std::string& sentence) { fatal.set_value(sentence); }};
  }

  std::uint64_t counted(const pipeline& boxes) {
    std::uint64_t requests = 0;
    caf::scoped_actor self{system};
    self->request(boxes.handles().metrics, 5s, metrics_query{})
        .receive([&](const snapshot_ptr& snapshot) { requests = snapshot->totals.requests; },
                 [&](const caf::error&) { requests = 0; });
    return requests;
  }

  // Metrics are counted after the answer: asks until they show this many requests.
  void wait_for_count(const pipeline& boxes, std::uint64_t expected) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    auto found = counted(boxes);
    while (found != expected && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
      found = counted(boxes);
    }
    CHECK(found == expected); // `found`, since a box that was replaced meanwhile may begin again
  }
};

struct post_log {
  std::mutex mutex;
  std::vector<alert> posted;
  int tries = 0;
};

// Its first post throws.
class failing_poster : public alert_poster {
public:
  explicit failing_poster(post_log& seen) : seen_(seen) {}

  expected<> post(const alert& what) override {
    const std::lock_guard guard{seen_.mutex};
    if (++seen_.tries == 1)
      throw std::runtime_error("the first post");
    seen_.posted.push_back(what);
    return {};
  }

  void stop() override {}

private:
  post_log& seen_;
};

class failing_parser : public parser_actor::base {
public:
  explicit failing_parser(caf::actor_config& config) : parser_actor::base(config) {}

protected:
  behavior_type make_behavior() override {
    return {[](const parse_group&) -> caf::result<parse_receipt> { throw std::runtime_error("always"); },
            [](const rollup::limits&) {}};
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "pipeline: lines go from the receiver to the metrics and the database") {
  auto boxes = make();
  waiting_request r{frame_of_lines("A", 5)};
  caf::anon_send(boxes.receiver(), r.group());
  CHECK(r.answer.get() == verdict::stored);
  wait_for_count(boxes, 5);
  CHECK(boxes.stop(5s));
  CHECK(script->transactions == std::vector<std::vector<std::string>>{{"A"}});
}

TEST_CASE_FIXTURE(fixture, "pipeline: a stop stores and answers what is under way") {
  auto boxes = make();
  std::vector<waiting_request> requests;
  for (int i = 0; i < 50; ++i)
    requests.emplace_back(frame_of_lines(std::to_string(i), 20));
  for (const auto& r : requests)
    caf::anon_send(boxes.receiver(), r.group());
  CHECK(boxes.stop(5s));
  for (auto& r : requests)
    CHECK(r.answer.get() == verdict::stored);
}

TEST_CASE_FIXTURE(fixture, "pipeline: with the database away it answers and counts; the next run stores") {
  script->opens.assign(1000, db::outcome::retry);
  {
    auto boxes = make();
    waiting_request r{frame_of_lines("A", 3)};
    caf::anon_send(boxes.receiver(), r.group());
    CHECK(r.answer.get() == verdict::stored);
    wait_for_count(boxes, 3);
    CHECK_FALSE(boxes.stop(50ms));
  }
  script->opens.clear();
  auto boxes = make();
  wait_for_count(boxes, 3);
  CHECK(boxes.stop(5s));
  CHECK(script->transactions == std::vector<std::vector<std::string>>{{"A"}});
}

TEST_CASE_FIXTURE(fixture, "pipeline: when a box fails all are replaced; nothing is lost or counted twice") {
  script->crashes = 2;
  auto boxes = make();
  std::vector<waiting_request> requests;
  for (int i = 0; i < 20; ++i) {
    requests.emplace_back(frame_of_lines(std::to_string(i), 10));
    caf::anon_send(boxes.receiver(), requests.back().group());
  }
  for (auto& r : requests)
    CHECK(r.answer.get() == verdict::stored);
  wait_for_count(boxes, 200);
  CHECK(boxes.stop(5s));
  std::size_t stored = 0;
  for (const auto& transaction : script->transactions)
    stored += transaction.size();
  CHECK(stored == 20);
  CHECK(script->crashes == 0);
}

TEST_CASE_FIXTURE(fixture, "pipeline: a database that can never be used is fatal") {
  script->opens = {db::outcome::rejected};
  auto boxes = make();
  CHECK(fatal.get_future().get().find("store_unusable") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "pipeline: a retention that fails is replaced alone") {
  const auto old_rows = std::make_shared<retention_script>();
  old_rows->crashes = 2;
  sources.retention = [old_rows](const retention_settings&) {
    return std::make_unique<scripted_retention>(old_rows);
  };
  int stores = 0;
  sources.store = [&] {
    ++stores;
    return std::make_unique<scripted_store>(script);
  };
  auto boxes = make();
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (old_rows->calls < 3 && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK(boxes.stop(5s));
  CHECK(old_rows->made == 3);
  CHECK(old_rows->calls == 3);
  CHECK(stores == 1);
}

TEST_CASE_FIXTURE(fixture, "pipeline: with other settings another retention begins at once") {
  const auto old_rows = std::make_shared<retention_script>();
  std::mutex mutex;
  std::vector<std::chrono::seconds> ages;
  sources.retention = [&](const retention_settings& kept) {
    const std::lock_guard guard{mutex};
    ages.push_back(kept.requests);
    return std::make_unique<scripted_retention>(old_rows);
  };
  auto boxes = make();
  const auto wait_for_passes = [&](int passes) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (old_rows->calls < passes && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    CHECK(old_rows->calls == passes);
  };
  wait_for_passes(1);
  boxes.take_up({values.alerts.rules}, values.retention); // the same
  auto other = values.retention;
  other.requests = 48h;
  boxes.take_up({values.alerts.rules}, other);
  wait_for_passes(2);
  CHECK(boxes.stop(5s));
  CHECK(ages == std::vector<std::chrono::seconds>{values.retention.requests, 48h});
}

TEST_CASE_FIXTURE(fixture, "pipeline: a retention that fails again and again is fatal") {
  const auto old_rows = std::make_shared<retention_script>();
  old_rows->crashes = 1'000;
  sources.retention = [old_rows](const retention_settings&) {
    return std::make_unique<scripted_retention>(old_rows);
  };
  auto boxes = make();
  CHECK(fatal.get_future().get().find("again and again") != std::string::npos);
  CHECK(old_rows->made == static_cast<int>(supervisor::max_crashes) + 1);
}

TEST_CASE_FIXTURE(fixture, "pipeline: parsers that fail again and again are fatal") {
  std::atomic<int> spawned = 0;
  values.parser.count = 1;
  sources.parser = [&](const router_actor&) {
    ++spawned;
    return parser_actor{system.spawn<failing_parser>()};
  };
  auto boxes = make();
  waiting_request r{frame_of_lines("A", 1)};
  caf::anon_send(boxes.receiver(), r.group());
  CHECK(r.answer.get() == verdict::stored); // it is durable, whatever happens to the parsers
  CHECK(fatal.get_future().get().find("again and again") != std::string::npos);
  CHECK(spawned == static_cast<int>(supervisor::max_crashes) + 1);
}

TEST_CASE_FIXTURE(fixture, "pipeline: alerts are stored and posted; a webhook that fails is replaced alone") {
  post_log seen;
  std::atomic<int> posters = 0;
  values.alerts.rules = *alerts::parse_rules("busy: requests > 0 over 60m; lines: lines > 0 over 60m");
  sources.poster = [&] {
    ++posters;
    return std::make_shared<failing_poster>(seen);
  };
  auto boxes = make();
  auto now_line = line;
  const auto at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  now_line.replace(now_line.find("2026-03-02T14:07:31"), 19, fmt::format("{:%FT%T}", at));
  const auto post_lines = [&](const std::string& app) {
    auto content = std::make_shared<frame>(*frame_of_lines(app, 0));
    content->app = app;
    content->body = std::to_string(now_line.size()) + " " + now_line;
    waiting_request r{content};
    caf::anon_send(boxes.receiver(), r.group());
    CHECK(r.answer.get() == verdict::stored);
  };
  const auto wait_for = [&](auto condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < end) {
      {
        const std::lock_guard guard{seen.mutex};
        if (condition())
          return true;
      }
      std::this_thread::yield();
    }
    return false;
  };
  post_lines("one");
  CHECK(wait_for([&] { return seen.tries >= 1; }));
  post_lines("two");
  CHECK(wait_for([&] {
    return std::any_of(seen.posted.begin(), seen.posted.end(),
                       [](const alert& one) { return one.app == "two"; });
  }));
  wait_for_count(boxes, 2);
  CHECK(boxes.stop(5s));
  std::size_t stored = 0;
  for (const auto& transaction : script->alerts)
    stored += transaction.size();
  CHECK(stored == 4);
  CHECK(posters == 2);
}

TEST_CASE_FIXTURE(fixture, "pipeline: what another node has stored does not stay in the metrics") {
  script->elsewhere = {"B"};
  auto boxes = make();
  for (const auto& [id, lines] : {std::pair("B", 7), {"C", 3}, {"A", 5}}) {
    waiting_request r{frame_of_lines(id, lines)};
    caf::anon_send(boxes.receiver(), r.group());
    CHECK(r.answer.get() == verdict::stored);
  }
  wait_for_count(boxes, 8);
  CHECK(boxes.stop(5s));
}

TEST_CASE_FIXTURE(fixture, "pipeline: in a cluster the metrics begin with what this node counted") {
  for (const bool is_cluster : {false, true}) {
    values.cluster.listen = is_cluster ? "127.0.0.1:7000" : "";
    values.storage.node = "a";
    auto boxes = make();
    // When a frame is stored, the writer has already asked.
    waiting_request r{frame_of_lines(is_cluster ? "B" : "A", 1)};
    caf::anon_send(boxes.receiver(), r.group());
    CHECK(r.answer.get() == verdict::stored);
    CHECK(boxes.stop(5s));
    CHECK(script->asked_nodes.is_except != is_cluster);
    CHECK(script->asked_nodes.names == std::vector<std::string>(is_cluster ? 1 : 0, "a"));
  }
}

// Asked at once, and often: the writer's thread takes its time to start.
TEST_CASE_FIXTURE(fixture, "pipeline: which database there is, is known from the start") {
  for (int i = 0; i < 100; ++i) {
    auto boxes = make();
    std::string kind;
    caf::scoped_actor self{system};
    self->request(boxes.handles().judge, 10s, alerts_query{})
        .receive(
            [&](const alert_report_ptr& report) { kind = report->writer.value_or(writer_status{}).kind; },
            [](const caf::error&) {});
    REQUIRE(kind == "scripted");
  }
}

} // namespace pipeline_test
