// Days of random traffic of several apps, in batches that arrive late and in any order, through a database
// and restarts. Compared with a model that keeps every number and counts when it is asked.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "messages/rollup/app_timelines.hpp"
#include "messages/rollup/rollup_form.hpp"
#include "tests/unit/messages/rollup/exact_counts.hpp"
#include "tests/unit/messages/rollup/samples.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

const minute start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 14h + 7min;

// The service over some days: live rollups, a database that lags, and the truth.
class simulation {
public:
  explicit simulation(std::uint64_t seed) : random_(seed) {}

  void run(std::chrono::hours length) {
    const auto end = start + length;
    int steps = 0;
    while (clock_ < end) {
      clock_ += std::chrono::minutes(1 + below(25));
      for (const auto* app : {"blog", "mail", "shop"})
        if (below(3) != 0)
          make_traffic(app);
      deliver();
      if (below(2) == 0)
        live_->age(minute_of(clock_));
      if (below(8) == 0)
        store();
      if (below(60) == 0)
        restart();
      if (++steps % 40 == 0)
        check_answers();
    }
    held_back_end_ = true;
    deliver();
    store();
    check_answers();
    check_database();
    restart();
    check_answers();
  }

private:
  struct batch {
    std::string app;
    parsed_body body;
    std::shared_ptr<sample_body> texts;
    std::size_t bytes = 0;
  };

  std::int64_t below(std::int64_t n) {
    return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random_);
  }

  // Some time of traffic, cut into batches, some of which are held back.
  void make_traffic(const std::string& app) {
    // Almost always dated by the present; rarely by a wrong clock.
    const auto off = below(60);
    const timestamp from = off == 0   ? clock_ + 10min
                           : off == 1 ? clock_ + 100 * 24h
                           : off == 2 ? clock_ - 40 * 24h
                                      : clock_ - 15min;
    auto traffic = std::make_shared<sample_body>(
        random_body(random_, static_cast<std::size_t>(4 + below(20)), from, 15min));
    std::vector<batch> batches(static_cast<std::size_t>(1 + below(4)));
    for (const auto& request : traffic->body.requests)
      batches[static_cast<std::size_t>(below(static_cast<std::int64_t>(batches.size())))]
          .body.requests.push_back(request);
    // A sample has the same time as its line, and so is in the same batch.
    const auto batch_of = [&](timestamp at) -> parsed_body& {
      return batches[static_cast<std::size_t>(at.time_since_epoch().count() / 7) % batches.size()].body;
    };
    for (const auto& line : traffic->body.lines)
      batch_of(line.at).lines.push_back(line);
    for (const auto& sample : traffic->body.samples)
      batch_of(sample.at).samples.push_back(sample);
    for (auto& next : batches) {
      next.app = app;
      next.texts = traffic;
      next.bytes = static_cast<std::size_t>(1 + below(1000));
      (below(12) == 0 ? held_back_ : due_).push_back(std::move(next));
    }
  }

  void deliver() {
    if (held_back_end_ || below(100) == 0)
      for (auto& next : std::exchange(held_back_, {}))
        due_.push_back(std::move(next));
    std::shuffle(due_.begin(), due_.end(), random_);
    for (const auto& next : due_)
      take_in(next);
    due_.clear();
  }

  void take_in(const batch& next) {
    const timestamp received_at = clock_ + std::chrono::seconds(below(59));
    auto parts = builder_.build(next.body, next.bytes, received_at);
    count_exactly(next, received_at);
    std::size_t bytes = 0;
    for (const auto& part : parts) {
      CHECK((part.data.lines == 0 || part.data.bytes != 0 || next.bytes < 100));
      truth_[next.app][part.at].bytes += part.data.bytes;
      bytes += part.data.bytes;
    }
    CHECK(bytes == next.bytes);
    for (const auto& part : parts)
      live_->add(next.app, part.at, part.data, minute_of(received_at));
    unstored_.emplace_back(next.app, std::move(parts));
  }

  void count_exactly(const batch& next, timestamp received_at) {
    auto& minutes = truth_[next.app];
    auto& receipt = minutes[minute_of(received_at)];
    const auto count_arrival = [&](timestamp at) {
      receipt.late += at <= received_at - 5min;
      receipt.early += at >= received_at + 5min;
    };
    for (const auto& request : next.body.requests) {
      add(minutes, request);
      count_arrival(request.at);
    }
    for (const auto& line : next.body.lines) {
      add(minutes, line);
      count_arrival(line.at);
    }
    for (const auto& sample : next.body.samples)
      add(minutes, sample);
  }

  // The database stores the waiting batches, in any order.
  void store() {
    std::shuffle(unstored_.begin(), unstored_.end(), random_);
    for (const auto& [app, parts] : unstored_)
      for (const auto& part : parts) {
        auto& row = database_[{part.at, app}];
        auto sum = row.empty() ? minute_rollup{} : decode(row).value();
        merge(sum, part.data);
        row = encode(sum);
      }
    unstored_.clear();
  }

  // What the database has is loaded; the rest is still in the journal.
  void restart() {
    live_ = std::make_unique<app_timelines>();
    const auto now = minute_of(clock_);
    for (const auto& [key, row] : database_)
      live_->add(key.second, key.first, decode(row).value(), now);
    for (const auto& [app, parts] : unstored_)
      for (const auto& part : parts)
        live_->add(app, part.at, part.data, now);
  }

  exact_counts exact_sum(const std::string& app, minute from, minute to) const {
    exact_counts sum;
    for (const auto& [name, minutes] : truth_) {
      if (!app.empty() && app != name)
        continue;
      exact_counts of_app;
      for (auto at = minutes.lower_bound(from); at != minutes.end() && at->first < to; ++at)
        add(of_app, at->second);
      if (app.empty()) {
        qualify(of_app.endpoints, name);
        qualify(of_app.dynos, name);
        qualify(of_app.dyno_memory, name);
      }
      add(sum, of_app);
    }
    return sum;
  }

  void check_answers() {
    const auto now = minute_of(clock_);
    live_->age(now);
    const minute ten(now.time_since_epoch() / 10 * 10), hour = std::chrono::floor<std::chrono::hours>(now);
    for (const auto* app : {"", "blog", "mail", "shop", "none"}) {
      CAPTURE(app);
      check(live_->all(app), exact_sum(app, minute::min(), minute::max()));
      for (const auto from : std::initializer_list<minute>{now - 4min, now - 59min, ten - 24h, ten - 71h}) {
        CAPTURE((now - from).count());
        check(live_->between(app, from, now + 1min), exact_sum(app, from, now + 1min));
      }
      check(live_->between(app, hour - 100h, now + 1min), exact_sum(app, hour - 100h, now + 1min), false);
      check(live_->between(app, ten - 10h, ten - 5h), exact_sum(app, ten - 10h, ten - 5h));
      const auto totals = live_->between(app, ten - 24h, now + 1min, extent::without_names);
      auto exact = exact_sum(app, ten - 24h, now + 1min);
      exact.endpoints.clear();
      exact.dynos.clear();
      check(totals, exact);
    }
  }

  void check_database() const {
    std::size_t rows = 0;
    for (const auto& [app, minutes] : truth_)
      for (const auto& [at, exact] : minutes) {
        const auto row = database_.find({at, app});
        check(row == database_.end() ? minute_rollup{} : decode(row->second).value(), exact);
        rows += row != database_.end();
      }
    CHECK(rows == database_.size());
  }

  std::mt19937_64 random_;
  timestamp clock_ = start;
  bool held_back_end_ = false;
  std::vector<batch> due_, held_back_;
  builder builder_{limits{}, country_of};
  std::unique_ptr<app_timelines> live_ = std::make_unique<app_timelines>();
  std::vector<std::pair<std::string, partial>> unstored_;
  std::map<std::pair<minute, std::string>, std::string> database_;
  std::map<std::string, exact_minutes> truth_;
};

} // namespace

TEST_CASE("rollups: days of traffic, late batches, a database and restarts add up to the truth") {
  for (std::uint64_t seed = 11; seed < 11 + histories; ++seed) {
    CAPTURE(seed);
    MESSAGE("seed " << seed);
    simulation(seed).run(110h);
  }
}
