// Everything works through a pooler in transaction mode as it does directly with a server.
#include <doctest/doctest.h>

#include <future>

#include <fmt/format.h>

#include "db/postgres/retention.hpp"
#include "tests/support/pooler.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/retention_pass.hpp"
#include "tests/unit/db/store_sites.hpp"
#include "tests/unit/db/store_suite.hpp"

namespace postgres_pooler_test {

using namespace parseflow;
using namespace std::chrono_literals;
using db::outcome;

namespace {

// Each node has drains and frames of its own.
batch_ptr frame_of(const std::string& node, int number, timestamp at) {
  return make_batch({.drain = fmt::format("d.{}.{}", node, number % 7),
                     .id = fmt::format("F{}", number),
                     .received_at = at},
                    {app_message("x", date_text(at)), router_message(plain_request, date_text(at))});
}

} // namespace

TEST_CASE("pooler: nodes that share a few sessions, restart, remove and downsample reject and lose nothing") {
  const postgres_site site;
  const pooler before(postgres_site::server());
  const std::string url = before.url(value(site, "SELECT current_database()"));
  constexpr int nodes = 4, restarts = 3, writes = 15;
  const auto work = [&](const std::string& node) {
    std::string problems;
    const auto expect = [&](const db::result& result) {
      if (result.code != outcome::done)
        problems += result.message + '\n';
    };
    auto rows = db::make_postgres_retention(url, keep_all_for(30 * 24h));
    for (int start = 0; start < restarts; ++start) {
      auto store = db::make_postgres_store({url, node, {}});
      expect(store->open());
      for (int i = 0; i < writes; ++i)
        expect(
            store->write(std::vector{frame_of(node, start * writes + i, test_time() - i * 24h - i * 1min)}));
      expect(store->write_alerts(
          std::vector{alert{"high_error_rate", node, "warning", "much", 1, test_time()}}));
      // A writer that holds locks makes a pass fail with `retry`, as it does directly with a server.
      db::result removed;
      do
        removed = run_pass(*rows, test_time()).outcome;
      while (removed.message.find("lock timeout") != std::string::npos);
      expect(removed);
    }
    return problems;
  };
  std::vector<std::future<std::string>> all;
  for (int node = 0; node < nodes; ++node)
    all.push_back(std::async(std::launch::async, work, std::to_string(node)));
  for (auto& node : all)
    CHECK(node.get() == "");
  const auto count = std::to_string(nodes * restarts * writes);
  CHECK(value(site, "SELECT count(*) FROM frame") == count);
  CHECK(value(site, "SELECT count(*) FROM log_line") == count);
  CHECK(value(site, "SELECT count(*) FROM request") == count);
  CHECK(value(site, "SELECT count(*) FROM alert") == std::to_string(nodes));
  // Removes old days, and downsamples minutes into hours.
  auto rows = db::make_postgres_retention(url, keep_all_for(10 * 24h));
  const auto pass = run_pass(*rows, test_time());
  CHECK_DONE(pass.outcome);
  CHECK(pass.partitions.size() > 0);
  CHECK(value(site, "SELECT count(*) FROM log_line WHERE at < '2026-02-20'") == "0");
}

} // namespace postgres_pooler_test
