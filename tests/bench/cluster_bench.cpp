// Measures the gain from more nodes, and the cost of frames that another node owns. `cluster_bench --help`
// lists the options.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/bench/arguments.hpp"
#include "tests/bench/drain_load.hpp"
#include "tests/bench/process_use.hpp"
#include "tests/e2e/cluster/cluster.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

namespace {

using namespace parseflow;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr const char* usage =
    R"(cluster_bench: one, two and three nodes on this machine that share one PostgreSQL

Every node gets the same share of the connections. lines/s are acknowledged ones; stored/s counts until the last
of them is in the database, as does the CPU time of all nodes together. Then single requests to one of two nodes,
one after the other: those that belong to it, and those that it forwards. The CPU time of a forward is what two
nodes take more per line than one, for each line that was forwarded. Nodes, database and senders share the
processors of this machine: more nodes are not faster here than the processors allow.

  --connections=N   in all (default 12)
  --lines=N         lines per request (default 200)
  --seconds=N       for each number of nodes (default 5)
  --requests=N      single requests (default 400)
  --SECTION.NAME=V  a setting of the nodes
)";

struct options {
  bench::load work{.connections = 12};
  std::size_t single_requests = 400;
  std::vector<std::string> settings;
};

// A database, and nodes that form a cluster.
class setting {
public:
  setting(std::size_t count, const options& wanted) {
    nodes_.emplace(database_.create_database(), e2e::plain_nodes(count), wanted.settings);
    if (!nodes_->wait_until_joined())
      throw std::runtime_error("the nodes do not find each other");
  }

  e2e::cluster& nodes() { return *nodes_; }

  double cpu_seconds() {
    double result = 0;
    for (std::size_t i = 0; i < nodes_->size(); ++i)
      result += bench::use_of(nodes_->node(i).program().pid()).cpu_seconds;
    return result;
  }

  // Waits until every acknowledged line is counted and in the database. False if the count is wrong.
  bool settle(std::uint64_t acknowledged) {
    return eventually(
        [&] {
          for (std::size_t i = 0; i < nodes_->size(); ++i) {
            const auto now = nodes_->metrics(i);
            if (now.at("ingest").at("lines") != acknowledged ||
                now.at("channel_health").at("backlog_size") != 0)
              return false;
          }
          return true;
        },
        5min);
  }

  std::uint64_t forwarded_frames() {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < nodes_->size(); ++i)
      result += nodes_->metrics(i).at("cluster").at("forwarded_frames").get<std::uint64_t>();
    return result;
  }

private:
  postgres_server database_{postgres_server::disk::synced};
  std::optional<e2e::cluster> nodes_;
};

// Posts to all nodes at the same time.
bench::load_result post_to_all(e2e::cluster& nodes, bench::load work) {
  work.connections = std::max<std::size_t>(work.connections / nodes.size(), 1);
  std::vector<bench::load_result> parts(nodes.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    threads.emplace_back([&, i] { parts[i] = bench::post(nodes.node(i).port(), work); });
  for (auto& thread : threads)
    thread.join();
  bench::load_result sum;
  for (const auto& part : parts) {
    sum.batches += part.batches;
    sum.lines += part.lines;
    sum.failures += part.failures;
    sum.took = std::max(sum.took, part.took);
    sum.answer_us.insert(sum.answer_us.end(), part.answer_us.begin(), part.answer_us.end());
  }
  return sum;
}

double milliseconds(const std::vector<std::int64_t>& us, double q) {
  return static_cast<double>(traffic::quantile(us, q)) / 1000;
}

struct cost {
  double cpu_us_per_line = 0;
  double forwarded_share = 0;
  bool is_right = false;
};

cost measure(std::size_t count, const options& wanted) {
  setting here{count, wanted};
  auto warm_up = wanted.work;
  warm_up.length = 500ms;
  const auto lines_before = post_to_all(here.nodes(), warm_up).lines;
  here.settle(lines_before);
  const auto cpu_before = here.cpu_seconds();
  const auto forwarded_before = here.forwarded_frames();
  const auto begin = steady::now();
  const auto result = post_to_all(here.nodes(), wanted.work);
  const bool is_right = here.settle(lines_before + result.lines) && result.failures == 0;
  const std::chrono::duration<double> took = steady::now() - begin;
  const auto lines = static_cast<double>(std::max<std::uint64_t>(result.lines, 1));
  const cost found{1e6 * (here.cpu_seconds() - cpu_before) / lines,
                   static_cast<double>(here.forwarded_frames() - forwarded_before) /
                       static_cast<double>(std::max<std::uint64_t>(result.batches, 1)),
                   is_right};
  fmt::print("{:>5} {:>10.0f} {:>10.0f} {:>10.0f} % {:>10.3f} {:>9.2f} {:>9.2f}{}\n", count,
             lines / result.took.count(), lines / took.count(), 100 * found.forwarded_share,
             found.cpu_us_per_line, milliseconds(result.answer_us, 0.5), milliseconds(result.answer_us, 0.99),
             is_right ? "" : "  WRONG: requests failed, or lines are missing or double");
  std::fflush(stdout);
  return found;
}

// Sends one request after the other. The node's count of forwarded frames shows which were forwarded.
void measure_single_requests(const options& wanted) {
  setting here{2, wanted};
  auto& node = here.nodes().node(0);
  const auto forwarded = [&] {
    return node.metrics().at("cluster").at("forwarded_frames").get<std::uint64_t>();
  };
  http_connection connection{node.port()};
  traffic::generator app{{}, 1};
  std::vector<std::int64_t> own_us, forwarded_us;
  auto before = forwarded();
  for (std::size_t i = 0; i < wanted.single_requests; ++i) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto body = app.next(wanted.work.lines_per_batch, now, now + 1ms);
    const auto request = drain_request(body.bytes, body.line_count(), body.frame_id);
    const auto begin = steady::now();
    const auto answer = connection.send(request) ? connection.receive() : std::nullopt;
    const auto took_us = (steady::now() - begin) / 1us;
    if (!answer || answer->status != 204)
      throw std::runtime_error("a request failed");
    const auto after = forwarded();
    (after == before ? own_us : forwarded_us).push_back(took_us);
    before = after;
  }
  fmt::print("\n{:<20} {:>8} {:>9} {:>9}\n", "single requests", "number", "p50 ms", "p99 ms");
  for (const auto& [what, us] : {std::pair{"its own", own_us}, {"forwarded", forwarded_us}})
    fmt::print("{:<20} {:>8} {:>9.2f} {:>9.2f}\n", what, us.size(), milliseconds(us, 0.5),
               milliseconds(us, 0.99));
}

int run(const options& wanted) {
  fmt::print("{} connections, {} lines per request\n\n", wanted.work.connections,
             wanted.work.lines_per_batch);
  fmt::print("{:>5} {:>10} {:>10} {:>12} {:>10} {:>9} {:>9}\n", "nodes", "lines/s", "stored/s", "forwarded",
             "CPU us/ln", "p50 ms", "p99 ms");
  std::vector<cost> costs;
  for (const std::size_t count : {1, 2, 3})
    costs.push_back(measure(count, wanted));
  measure_single_requests(wanted);
  fmt::print("\nCPU time of a forward: {:.3f} us per line\n",
             (costs[1].cpu_us_per_line - costs[0].cpu_us_per_line) /
                 std::max(costs[1].forwarded_share, 0.01));
  return std::all_of(costs.begin(), costs.end(), [](const cost& each) { return each.is_right; })
             ? EXIT_SUCCESS
             : EXIT_FAILURE;
}

options options_in(const std::vector<std::string>& words) {
  options result;
  for (const auto& [name, value] : bench::named_values(words)) {
    if (name == "--connections")
      result.work.connections = std::stoul(value);
    else if (name == "--lines")
      result.work.lines_per_batch = std::stoul(value);
    else if (name == "--seconds")
      result.work.length = std::chrono::duration<double>{std::stod(value)};
    else if (name == "--requests")
      result.single_requests = std::stoul(value);
    else if (bench::is_setting(name))
      result.settings.push_back(name + "=" + value);
    else
      throw std::invalid_argument(name);
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  return parseflow::bench::run_benchmark("cluster_bench", usage, words,
                                         [](const auto& all) { return run(options_in(all)); });
}
