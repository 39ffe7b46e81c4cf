// parseflow-demo: plays a day of an imaginary app in ten minutes, over and over, so that a dashboard has
// something to show.
#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <numbers>
#include <thread>

#include <pthread.h>

#include <fmt/format.h>

#include "deploy/demo/demo_options.hpp"
#include "deploy/demo/traffic.hpp"
#include "deploy/demo/truth.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::traffic;
using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::chrono::duration<double> day_length = 10min;
constexpr std::chrono::duration<double> incident_distance = 6min;
constexpr std::chrono::duration<double> incident_length = 75s;
// Logplex fills a batch up to 100 KiB, and keeps at most 1024 messages while a request waits.
constexpr std::size_t largest_batch = 340;
constexpr double longest_queue = 1024;
constexpr std::chrono::milliseconds batch_interval = 250ms;

// Sleeps that `wake` ends.
class alarm_clock {
public:
  // False once `wake` was called.
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

// From 0.45 at night to 1.55 at noon.
double rate_factor(std::chrono::duration<double> since_start) {
  return 1 + 0.55 * std::sin(2 * std::numbers::pi * (since_start / day_length));
}

// Every second incident is a slow database, every other one a release that crashes.
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

struct tally {
  traffic::truth sent;
  std::uint64_t delivered = 0, refused = 0, given_up = 0;
  std::vector<std::int64_t> answer_us;
};

void print_summary(const tally& all, const drain_client& drain, std::chrono::duration<double> took) {
  fmt::print("\nplayed {:.0f} s: {} lines in {} batches, {} requests of which {} failed\n", took.count(),
             all.sent.lines, all.delivered, all.sent.requests.count, all.sent.requests.errors);
  if (all.delivered != 0)
    fmt::print("acknowledged in {:.1f} ms (median) and {:.1f} ms (99 of 100)\n",
               static_cast<double>(quantile(all.answer_us, 0.5)) / 1000,
               static_cast<double>(quantile(all.answer_us, 0.99)) / 1000);
  if (all.refused + all.given_up + drain.retries() + drain.failed_connects() != 0)
    fmt::print("{} batches refused, {} given up, {} tried again, {} connects failed\n", all.refused,
               all.given_up, drain.retries(), drain.failed_connects());
}

// True if the receiver took what was posted.
bool play(const demo_options& options, drain_client& drain, alarm_clock& clock) {
  generator app{app_profile{}, options.seed};
  tally all;
  const auto start = steady::now();
  const auto end = start + options.duration;
  auto dated_to = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  auto last = start;
  double due = 0;
  int incidents = 0;
  while (last < end && clock.sleep_until(last + batch_interval)) {
    const auto now = steady::now();
    const auto rate = rate_factor(now - start);
    due += options.lines_per_second * rate * std::chrono::duration<double>(now - last).count();
    last = now;
    if (const auto number = static_cast<int>((now - start) / incident_distance); number != incidents) {
      incidents = number;
      if (number % 2 == 0)
        app.deploy();
    }
    app.set_conditions(conditions_at(now - start, rate));
    // What one interval brings is posted whole; what waits beyond that is bounded.
    const double bound = longest_queue + options.lines_per_second;
    if (due > bound) {
      app.lose(static_cast<std::uint64_t>(due - bound));
      due = bound;
    }
    const auto from = dated_to;
    dated_to = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto batches = std::ceil(due / largest_batch);
    for (int i = 0; i < static_cast<int>(batches) && due >= 1; ++i) {
      const auto part = (dated_to - from) / static_cast<std::int64_t>(batches);
      const auto batch = app.next(static_cast<std::size_t>(std::min(due, double{largest_batch})),
                                  from + i * part, from + (i + 1) * part);
      due -= static_cast<double>(std::min(batch.line_count(), largest_batch));
      const auto posted = steady::now();
      switch (drain.post(batch)) {
      case delivery::delivered:
        ++all.delivered;
        all.sent.add(batch);
        all.answer_us.push_back((steady::now() - posted) / 1us);
        break;
      case delivery::refused:
        ++all.refused;
        if (all.delivered == 0) {
          fmt::print(stderr, "parseflow-demo: the drain answers {}: check --url and the credentials\n",
                     drain.last_status());
          return false;
        }
        break;
      case delivery::given_up:
        ++all.given_up;
        break;
      case delivery::stopped:
        break;
      }
    }
  }
  print_summary(all, drain, steady::now() - start);
  return all.delivered != 0;
}

} // namespace

int main(int argc, char** argv) {
  // Before any thread exists, so that all inherit it.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()) {
    fmt::print("{}", demo_usage());
    return EXIT_SUCCESS;
  }
  const auto [options, problem] = parse_options(arguments);
  if (!problem.empty()) {
    fmt::print(stderr, "parseflow-demo: {}; see parseflow-demo --help\n", problem);
    return EXIT_FAILURE;
  }
  drain_client drain{options.target};
  alarm_clock clock;
  std::thread stopper{[&] {
    int number = 0;
    sigwait(&stop_signals, &number);
    clock.wake();
    drain.stop();
  }};
  fmt::print("playing about {:.0f} lines/s to {}{} for {} minutes, seed {}\n", options.lines_per_second,
             options.target.origin, options.target.path, options.duration.count(), options.seed);
  std::fflush(stdout);
  const bool is_taken = play(options, drain, clock);
  // Ends the wait for a signal if there was none.
  pthread_kill(stopper.native_handle(), SIGUSR1);
  stopper.join();
  return is_taken ? EXIT_SUCCESS : EXIT_FAILURE;
}
