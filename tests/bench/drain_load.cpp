#include "tests/bench/drain_load.hpp"

#include <atomic>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "tests/support/http_connection.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

namespace parseflow::bench {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t distinct_batches = 16;
constexpr std::size_t id_digits = 32;

// A request that is complete except for its frame id.
struct prepared {
  std::string bytes;
  std::size_t id_at = 0;
  traffic::truth truth;
  std::uint64_t deliveries = 0;
};

std::vector<prepared> prepare(std::size_t lines, std::uint64_t seed) {
  traffic::generator app{{.web_dynos = 12, .loss_share = 0}, seed};
  const std::string no_id(id_digits, '0');
  std::vector<prepared> result;
  for (std::size_t i = 0; i < distinct_batches; ++i) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto body = app.next(lines, now - std::chrono::seconds{1}, now);
    prepared next{drain_request(body.bytes, body.line_count(), no_id, "Logplex-Drain-Token: d.bench\r\n",
                                "/logdrains?app=bench"),
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

enum class answer { taken, refused, none };

answer deliver(http_connection& connection, const prepared& request, const load& work) {
  for (;;) {
    const auto received = connection.send(request.bytes) ? connection.receive() : std::nullopt;
    if (!received)
      return answer::none;
    if (received->status == 204)
      return answer::taken;
    if (work.progress != nullptr)
      work.progress->refused();
    if (!work.is_stubborn || received->status != 503)
      return answer::refused;
  }
}

load_result post_over_one(std::uint16_t port, const load& work, std::size_t number,
                          std::atomic<std::size_t>& waiting) {
  auto requests = prepare(work.lines_per_batch, number + 1);
  http_connection connection{port};
  --waiting;
  while (waiting != 0)
    std::this_thread::yield();
  load_result result;
  const auto begin = steady::now(), end = begin + std::chrono::duration_cast<steady::duration>(work.length);
  const std::chrono::duration<double> interval{
      work.lines_per_second == 0
          ? 0
          : static_cast<double>(work.lines_per_batch * work.connections) / work.lines_per_second};
  // The starts of the connections are spread over one interval.
  const auto first =
      begin + std::chrono::duration_cast<steady::duration>(
                  interval * (static_cast<double>(number) / static_cast<double>(work.connections)));
  for (std::size_t i = 0;; ++i) {
    auto due = steady::now();
    if (work.lines_per_second != 0) {
      due = first + std::chrono::duration_cast<steady::duration>(interval * static_cast<double>(i));
      std::this_thread::sleep_until(due);
    }
    if (due >= end)
      break;
    auto& request = requests[i % requests.size()];
    stamp(request);
    const auto outcome = deliver(connection, request, work);
    if (outcome != answer::taken) {
      ++result.failures;
      if (outcome == answer::none)
        break;
      continue;
    }
    ++request.deliveries;
    ++result.batches;
    result.bytes += request.bytes.size();
    const auto took_us = (steady::now() - due) / std::chrono::microseconds{1};
    if (work.progress != nullptr)
      work.progress->delivered(request.truth.lines, took_us);
    else
      result.answer_us.push_back(took_us);
  }
  result.took = steady::now() - begin;
  for (const auto& request : requests) {
    result.lines += request.deliveries * request.truth.lines;
    result.requests += request.deliveries * request.truth.requests.count;
    for (const auto service : request.truth.requests.service_ms)
      result.service_ms[service] += request.deliveries;
  }
  return result;
}

} // namespace

load_result post(std::uint16_t port, const load& work) {
  std::vector<load_result> parts(work.connections);
  std::atomic<std::size_t> waiting = work.connections;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < work.connections; ++i)
    threads.emplace_back([&, i] { parts[i] = post_over_one(port, work, i, waiting); });
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
