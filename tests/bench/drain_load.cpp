#include "tests/bench/drain_load.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <thread>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/load_connection.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

namespace parseflow::bench {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t distinct_batches = 16;
constexpr std::size_t id_digits = 32;
// Few connections have a thread each, so that their requests leave at the same time; many share two, because
// more threads would take the processors from the server.
constexpr std::size_t max_own_threads = 8, shared_threads = 2;

// A request that is complete except for its frame id.
struct prepared {
  std::string bytes;
  std::size_t id_at = 0;
  traffic::truth truth;
  std::uint64_t deliveries = 0;
};

std::vector<prepared> prepare(std::size_t lines, std::uint64_t seed, const std::string& app_name) {
  traffic::generator app{{.web_dynos = 12, .loss_share = 0}, seed};
  const std::string no_id(id_digits, '0');
  std::vector<prepared> result;
  for (std::size_t i = 0; i < distinct_batches; ++i) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto body = app.next(lines, now - std::chrono::seconds{1}, now);
    prepared next{drain_request(body.bytes, body.line_count(), no_id,
                                "Logplex-Drain-Token: d." + app_name + "\r\n", "/logdrains?app=" + app_name),
                  0,
                  {},
                  0};
    next.truth.add(body);
    next.id_at = next.bytes.find(no_id);
    result.push_back(std::move(next));
  }
  return result;
}

void stamp(prepared& request) {
  static const auto run =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  static std::atomic<std::uint64_t> count = 0;
  const auto id = fmt::format("{:016X}{:016X}", run, ++count);
  request.bytes.replace(request.id_at, id_digits, id);
}

std::string app_of(const load& work, std::size_t number) {
  return work.apps == 0 ? "bench" : fmt::format("bench-{}", number % work.apps);
}

// One connection: it has at most one request under way.
struct lane {
  lane(std::uint16_t port, const load& work, std::size_t number)
      : requests(prepare(work.lines_per_batch, number + 1, app_of(work, number))),
        connection(port, work.is_tls) {}

  std::vector<prepared> requests;
  load_connection connection;
  steady::time_point due;
  std::size_t next = 0;
  bool is_waiting = false; // for an answer
  bool is_done = false;
};

// Serves its share of the connections on one thread.
class sender {
public:
  sender(std::uint16_t port, const load& work, std::size_t first, std::size_t step)
      : work_(work),
        interval_(work.lines_per_second == 0 ? 0
                                             : static_cast<double>(work.lines_per_batch * work.connections) /
                                                   work.lines_per_second) {
    for (auto number = first; number < work.connections; number += step) {
      numbers_.push_back(number);
      auto& added = lanes_.emplace_back(port, work, number);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = lanes_.size() - 1;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, added.connection.descriptor(), &event);
    }
  }
  ~sender() { close(epoll_); }
  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;

  load_result run() {
    begin_ = steady::now();
    end_ = begin_ + std::chrono::duration_cast<steady::duration>(work_.length);
    left_ = lanes_.size();
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      // The starts of the connections are spread over one interval.
      first_.push_back(begin_ + std::chrono::duration_cast<steady::duration>(
                                    interval_ * (static_cast<double>(numbers_[i]) /
                                                 static_cast<double>(work_.connections))));
      schedule(i);
    }
    std::array<epoll_event, 64> events;
    while (left_ > 0) {
      const auto count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience_ms());
      for (int i = 0; i < count; ++i)
        on_answer(events[static_cast<std::size_t>(i)].data.u64);
      if (work_.lines_per_second != 0)
        for (std::size_t i = 0; i < lanes_.size(); ++i)
          if (!lanes_[i].is_waiting && !lanes_[i].is_done && lanes_[i].due <= steady::now())
            send(i);
    }
    result_.took = steady::now() - begin_;
    for (const auto& one : lanes_)
      for (const auto& request : one.requests) {
        result_.lines += request.deliveries * request.truth.lines;
        result_.requests += request.deliveries * request.truth.requests.count;
        for (const auto service : request.truth.requests.service_ms)
          result_.service_ms[service] += request.deliveries;
      }
    return std::move(result_);
  }

private:
  void finish(lane& one) {
    one.is_done = true;
    --left_;
  }

  void schedule(std::size_t index) {
    auto& one = lanes_[index];
    one.due = steady::now();
    if (work_.lines_per_second != 0)
      one.due = first_[index] +
                std::chrono::duration_cast<steady::duration>(interval_ * static_cast<double>(one.next));
    if (one.due >= end_)
      finish(one);
    else if (work_.lines_per_second == 0)
      send(index);
  }

  void send(std::size_t index) {
    auto& one = lanes_[index];
    auto& request = one.requests[one.next % one.requests.size()];
    stamp(request);
    resend(one, request);
  }

  void resend(lane& one, const prepared& request) {
    one.is_waiting = one.connection.send(request.bytes);
    if (!one.is_waiting) {
      ++result_.failures;
      finish(one);
    }
  }

  void on_answer(std::size_t index) {
    auto& one = lanes_[index];
    if (!one.is_waiting)
      return;
    auto& request = one.requests[one.next % one.requests.size()];
    const int status = one.connection.receive_status();
    if (status == 0) {
      ++result_.failures;
      one.is_waiting = false;
      epoll_ctl(epoll_, EPOLL_CTL_DEL, one.connection.descriptor(), nullptr);
      return finish(one);
    }
    if (status == 204) {
      count(one, request);
    } else {
      if (work_.progress != nullptr)
        work_.progress->refused();
      if (work_.is_stubborn && status == 503)
        return resend(one, request);
      ++result_.failures;
    }
    one.is_waiting = false;
    ++one.next;
    schedule(index);
  }

  void count(const lane& one, prepared& request) {
    ++request.deliveries;
    ++result_.batches;
    result_.bytes += request.bytes.size();
    const auto took_us = (steady::now() - one.due) / std::chrono::microseconds{1};
    if (work_.progress != nullptr)
      work_.progress->delivered(request.truth.lines, took_us);
    else
      result_.answer_us.push_back(took_us);
  }

  // Until the next request is due; without a rate, until an answer comes.
  int patience_ms() const {
    if (work_.lines_per_second == 0)
      return -1;
    auto next = end_;
    for (const auto& one : lanes_)
      if (!one.is_waiting && !one.is_done)
        next = std::min(next, one.due);
    const auto left = std::chrono::floor<std::chrono::milliseconds>(next - steady::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000));
  }

  const load& work_;
  const std::chrono::duration<double> interval_; // between two requests of a connection
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::size_t> numbers_; // of the lanes, among all connections
  std::deque<lane> lanes_;
  std::vector<steady::time_point> first_;
  steady::time_point begin_, end_;
  std::size_t left_ = 0;
  load_result result_;
};

} // namespace

load_result post(std::uint16_t port, const load& work) {
  const auto thread_count = work.connections <= max_own_threads ? work.connections : shared_threads;
  std::deque<sender> senders; // all are connected before the first one sends
  for (std::size_t i = 0; i < thread_count; ++i)
    senders.emplace_back(port, work, i, thread_count);
  std::vector<load_result> parts(thread_count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < thread_count; ++i)
    threads.emplace_back([&, i] { parts[i] = senders[i].run(); });
  for (auto& thread : threads)
    thread.join();
  load_result sum;
  for (const auto& part : parts) {
    sum.batches += part.batches;
    sum.lines += part.lines;
    sum.bytes += part.bytes;
    sum.failures += part.failures;
    sum.requests += part.requests;
    for (const auto& [service, count] : part.service_ms)
      sum.service_ms[service] += count;
    sum.took = std::max(sum.took, part.took);
    sum.answer_us.insert(sum.answer_us.end(), part.answer_us.begin(), part.answer_us.end());
  }
  return sum;
}

} // namespace parseflow::bench
