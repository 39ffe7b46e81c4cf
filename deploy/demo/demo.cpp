// parseflow-demo: plays a day of an imaginary app in ten minutes, repeatedly, so that a dashboard has
// something to show.
#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <numbers>
#include <thread>

#include <pthread.h>

#include <fmt/format.h>

#include "deploy/demo/demo_options.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::traffic;
using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::chrono::duration<double> day_length = 10min;
constexpr std::chrono::duration<double> incident_distance = 6min;
constexpr std::chrono::duration<double> incident_length = 75s;
// Logplex fills a batch up to 100 KiB, and queues at most 1024 messages while a request waits.
constexpr std::size_t largest_batch = 340;
constexpr double longest_queue = 1024;
constexpr std::chrono::milliseconds batch_interval = 250ms;

// Sleeps until a given time, or until `wake` is called.
class alarm_clock {
public:
  // False if `wake` has been called.
  bool sleep_until(steady::time_point when) {
    std::unique_lock lock{mutex_};
    return !woken_.wait_until(lock, when, [this] { return is_woken_; });
  }
  void wake() {
    {
      const std::lock_guard guard{mutex_};
      is_woken_ = true;
    }
    woken_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool is_woken_ = false;
};

// The factor of the traffic, from 0.45 at night to 1.55 at noon.
double rate_factor(std::chrono::duration<double> since_start) {
  return 1 + 0.55 * std::sin(2 * std::numbers::pi * (since_start / day_length));
}

// Incidents alternate between a slow database and a release that crashes.
conditions conditions_at(std::chrono::duration<double> since_start, double rate) {
  conditions now;
  now.slowness = 0.8 + 0.25 * rate;
  const auto number = static_cast<int>(since_start / incident_distance);
  const auto into = since_start - number * incident_distance;
  if (number == 0 || into > incident_length)
    return now;
  if (number % 2 == 1) {
    now.slowness *= 7;
    now.timeouts = 0.04;
    now.interrupted = 0.03;
  } else {
    now.crashed = 0.25;
    now.closed = 0.03;
    now.failures = 0.05;
  }
  return now;
}

timestamp wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// Plays until the time is over, the clock is woken, or the drain refuses the first body.
class player {
public:
  player(const demo_options& options, drain_client& drain, alarm_clock& clock)
      : options_(options), drain_(drain), clock_(clock), app_(app_profile{}, options.seed) {}

  void play() {
    while (!is_over_ && last_ < start_ + options_.duration && clock_.sleep_until(last_ + batch_interval)) {
      advance(steady::now());
      post_due();
    }
  }

  std::uint64_t delivered() const { return delivered_; }
  void print_summary() const;

private:
  void advance(steady::time_point now);
  void post_due();
  void post(const body& batch);

  const demo_options& options_;
  drain_client& drain_;
  alarm_clock& clock_;
  generator app_;
  const steady::time_point start_ = steady::now();
  steady::time_point last_ = start_;
  timestamp dated_to_ = wall_clock();
  double due_ = 0; // lines not yet posted
  int incidents_ = 0;
  bool is_over_ = false;
  truth sent_;
  std::uint64_t delivered_ = 0, refused_ = 0, given_up_ = 0;
  std::vector<std::int64_t> answer_us_;
};

void player::advance(steady::time_point now) {
  const std::chrono::duration<double> since_start = now - start_;
  const auto rate = rate_factor(since_start);
  due_ += options_.lines_per_second * rate * std::chrono::duration<double>(now - last_).count();
  last_ = now;
  // Lines beyond the queue and the lines of one second are lost, as with Logplex.
  if (const double bound = longest_queue + options_.lines_per_second; due_ > bound) {
    app_.lose(static_cast<std::uint64_t>(due_ - bound));
    due_ = bound;
  }
  if (const auto number = static_cast<int>(since_start / incident_distance); number != incidents_) {
    incidents_ = number;
    if (number % 2 == 0)
      app_.deploy();
  }
  app_.set_conditions(conditions_at(since_start, rate));
}

void player::post_due() {
  const auto from = dated_to_;
  dated_to_ = wall_clock();
  const auto batches = static_cast<std::int64_t>(std::ceil(due_ / static_cast<double>(largest_batch)));
  for (std::int64_t i = 0; i < batches && due_ >= 1 && !is_over_; ++i) {
    const auto lines = std::min(static_cast<std::size_t>(due_), largest_batch);
    const auto part = (dated_to_ - from) / batches;
    due_ -= static_cast<double>(lines);
    post(app_.next(lines, from + i * part, from + (i + 1) * part));
  }
}

void player::post(const body& batch) {
  const auto begin = steady::now();
  switch (drain_.post(batch)) {
  case post_result::delivered:
    ++delivered_;
    sent_.add(batch);
    answer_us_.push_back((steady::now() - begin) / 1us);
    break;
  case post_result::refused:
    ++refused_;
    if (delivered_ != 0)
      break;
    fmt::print(stderr,
               "parseflow-demo: the drain answers {}: check --url and the credentials (PARSEFLOW_DRAINS, or "
               "--drain-user and --drain-password)\n",
               drain_.last_status());
    is_over_ = true;
    break;
  case post_result::given_up:
    ++given_up_;
    break;
  case post_result::stopped:
    is_over_ = true;
    break;
  }
}

void player::print_summary() const {
  const std::chrono::duration<double> took = steady::now() - start_;
  fmt::print("\nplayed {:.0f} s: {} lines in {} batches, {} requests of which {} failed\n", took.count(),
             sent_.lines, delivered_, sent_.requests.count, sent_.requests.errors);
  if (delivered_ != 0)
    fmt::print("acknowledged in {:.1f} ms (median) and {:.1f} ms (99 of 100)\n",
               static_cast<double>(quantile(answer_us_, 0.5)) / 1000,
               static_cast<double>(quantile(answer_us_, 0.99)) / 1000);
  if (refused_ + given_up_ + drain_.retries() + drain_.failed_connects() != 0)
    fmt::print("{} batches refused, {} given up, {} tried again, {} connects failed\n", refused_, given_up_,
               drain_.retries(), drain_.failed_connects());
}

} // namespace

int main(int argc, char** argv) {
  // Blocked before any thread exists, so that all inherit the mask.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1})
    sigaddset(&stop_signals, number);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()) {
    fmt::print("{}", demo_usage());
    return EXIT_SUCCESS;
  }
  const char* const registered = std::getenv("PARSEFLOW_DRAINS");
  const auto parsed = parse_options(arguments, registered ? registered : "");
  if (!parsed) {
    fmt::print(stderr, "parseflow-demo: {}; see parseflow-demo --help\n", parsed.error().sentence);
    return EXIT_FAILURE;
  }
  const auto& options = *parsed;
  drain_client drain{options.target};
  alarm_clock clock;
  std::thread stopper{[&] {
    int number = 0; // SIGUSR1 is our own: the play is over
    sigwait(&stop_signals, &number);
    clock.wake();
    drain.stop();
  }};
  fmt::print("playing about {:.0f} lines/s to {}{} for {} minutes, seed {}\n", options.lines_per_second,
             options.target.origin, options.target.path, options.duration.count(), options.seed);
  std::fflush(stdout);
  player show{options, drain, clock};
  show.play();
  show.print_summary();
  pthread_kill(stopper.native_handle(), SIGUSR1);
  stopper.join();
  return show.delivered() != 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
