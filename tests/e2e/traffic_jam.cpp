#include "tests/e2e/traffic_jam.hpp"

#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "tests/e2e/expected_metrics.hpp"
#include "tests/traffic/traffic.hpp"

namespace parseflow::e2e {

using namespace std::chrono_literals;
using traffic::post_result;

namespace {

constexpr std::size_t lines_per_body = 40;

std::string app_name(std::size_t number) {
  return "app" + std::to_string(number);
}

std::set<std::string> ids_in(const stored& database, const std::string& query) {
  const auto rows = database.rows(query);
  std::set<std::string> result;
  for (const auto& next : rows)
    result.insert(next.at("id"));
  CHECK(result.size() == rows.size()); // none twice
  return result;
}

std::string failed_tries_text(const std::string& drain,
                              const std::vector<traffic::drain_client::failed_try>& tries) {
  std::string result = drain + ":";
  for (const auto& each : tries)
    result += " at " + std::to_string(each.at.time_since_epoch() / 1ms) + " ms, " +
              (each.status == 0 ? "no answer" : std::to_string(each.status)) + " after " +
              std::to_string(each.took.count()) + " ms;";
  return result + "\n";
}

std::size_t missing(const std::set<std::string>& wanted, const std::set<std::string>& found) {
  std::size_t result = 0;
  for (const auto& id : wanted)
    result += !found.contains(id);
  return result;
}

} // namespace

traffic_jam::traffic_jam(std::uint16_t port, jam_options options)
    : options_(std::move(options)), settled_(options_.drains) {
  for (std::size_t i = 0; i < options_.drains; ++i) {
    targets_.push_back(drain_at("127.0.0.1", port, app_name(i)));
    if (!options_.authority.empty()) {
      targets_.back().origin = "https://127.0.0.1:" + std::to_string(port);
      targets_.back().authority = options_.authority;
    }
    clients_.push_back(std::make_unique<traffic::drain_client>(targets_.back()));
  }
  for (std::size_t i = 0; i < options_.drains; ++i)
    threads_.emplace_back([this, i] { post(i); });
}

traffic_jam::~traffic_jam() {
  stop();
}

bool traffic_jam::wait_for(std::size_t more) const {
  const auto goal = acknowledged_ + more;
  return eventually([&] { return acknowledged_ >= goal; });
}

bool traffic_jam::wait_for_each() const {
  std::vector<std::size_t> goals;
  for (const auto& count : settled_)
    goals.push_back(count + 2);
  return eventually(
      [&] { return std::equal(settled_.begin(), settled_.end(), goals.begin(), std::greater_equal{}); });
}

bool traffic_jam::wait_for_failed_connects(std::uint64_t more) const {
  std::vector<std::uint64_t> goals;
  for (const auto& client : clients_)
    goals.push_back(client->failed_connects() + more);
  return eventually([&] {
    return std::equal(clients_.begin(), clients_.end(), goals.begin(),
                      [](const auto& client, auto goal) { return client->failed_connects() >= goal; });
  });
}

void traffic_jam::stop() {
  is_over_ = true;
  for (auto& client : clients_)
    client->stop();
  join();
}

void traffic_jam::finish() {
  is_over_ = true;
  join();
}

void traffic_jam::join() {
  {
    const std::lock_guard guard{mutex_}; // so that nothing starts to wait at this moment
  }
  over_.notify_all();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

std::uint64_t traffic_jam::retries() const {
  std::uint64_t result = 0;
  for (const auto& client : clients_)
    result += client->retries();
  return result;
}

bool traffic_jam::post_rest() {
  const auto bodies = std::exchange(in_doubt_, {});
  const auto owners = std::exchange(in_doubt_of_, {});
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    traffic::drain_client client{targets_[owners[i]]};
    if (client.post(bodies[i]) != post_result::delivered)
      return false;
    acknowledge(bodies[i], owners[i]);
  }
  return true;
}

void traffic_jam::post(std::size_t number) {
  traffic::generator app{{}, number};
  auto& client = *clients_[number];
  while (!is_over_) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto body = app.next(lines_per_body, now, now + 1ms);
    const bool is_delivered = client.post(body) == post_result::delivered;
    ++settled_[number];
    std::unique_lock lock{mutex_};
    if (is_delivered) {
      acknowledge(body, number);
    } else {
      in_doubt_.push_back(body);
      in_doubt_of_.push_back(number);
      failures_ += failed_tries_text(targets_[number].token, client.failed_tries());
    }
    over_.wait_for(lock, options_.pause, [this] { return is_over_.load(); });
  }
}

void traffic_jam::acknowledge(const traffic::body& body, std::size_t number) {
  truth_.add(with_app(body, app_name(number)));
  frames_.insert(body.frame_id);
  for (const auto& request : body.requests)
    requests_.insert(request.request_id);
  ++acknowledged_;
}

void check_stored(const stored& database, const traffic_jam& jam) {
  const auto found = ids_in(database, "SELECT request_id AS id FROM request");
  CHECK(missing(jam.requests(), found) == 0);
  auto sent = jam.requests();
  for (const auto& body : jam.in_doubt())
    for (const auto& request : body.requests)
      sent.insert(request.request_id);
  CHECK(missing(found, sent) == 0);
  CHECK(jam.requests().size() > 1000);
}

void check_exactly_stored(const stored& database, const traffic_jam& jam) {
  REQUIRE(jam.in_doubt().empty());
  check_stored(database, jam);
  CHECK(ids_in(database, "SELECT id FROM frame") == jam.frames());
  CHECK(database.count("log_line") == jam.truth().lines - jam.truth().requests.count);
  CHECK(database.count("rejected_frame") == 0);
}

void check_all_stored(service& running, const stored& database, traffic_jam& jam) {
  REQUIRE(running.wait_until_stored());
  check_exactly_stored(database, jam);
  check_metrics(running.metrics(), jam.truth(), 0);
  CHECK(running.stop() == 0);
  running.start();
  CHECK(eventually([&] { return running.metrics().at("ingest").at("lines") == jam.truth().lines; }));
  check_metrics(running.metrics(), jam.truth(), 0);
  CHECK(running.stop() == 0);
}

} // namespace parseflow::e2e
