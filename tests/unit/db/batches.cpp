#include "tests/unit/db/batches.hpp"

#include <atomic>
#include <map>

#include "messages/logplex/parse.hpp"

namespace parseflow {

namespace {

rollup::partial count(const parsed_body& records) {
  std::map<minute, rollup::minute_rollup> minutes;
  for (const auto& request : records.requests) {
    ++minutes[minute_of(request.at)].requests;
    ++minutes[minute_of(request.at)].lines;
  }
  for (const auto& line : records.lines)
    ++minutes[minute_of(line.at)].lines;
  rollup::partial counted;
  for (const auto& [at, data] : minutes)
    counted.push_back({at, data});
  return counted;
}

} // namespace

timestamp test_time() {
  using namespace std::chrono_literals;
  return std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 14h + 7min;
}

batch_ptr make_batch(const frame_facts& facts, const std::vector<std::string>& lines) {
  auto origin = std::make_shared<frame>();
  static std::atomic<int> unnamed = 0;
  origin->key = {facts.drain, facts.id.empty() ? "unnamed-" + std::to_string(++unnamed) : facts.id};
  origin->app = facts.app;
  origin->received_at = facts.received_at;
  for (const std::string& line : lines)
    origin->body += std::to_string(line.size()) + ' ' + line;
  auto made = std::make_shared<batch>();
  made->records = logplex::parse(origin->body, {origin->mode, origin->announced_lines, origin->received_at});
  made->partial = count(made->records);
  made->origin = std::move(origin);
  return made;
}

std::string router_message(const std::string& text, const std::string& at) {
  return "<158>1 " + at + " host heroku router - " + text + "\n";
}

std::string app_message(const std::string& text, const std::string& at) {
  return "<190>1 " + at + " host app web.1 - " + text + "\n";
}

} // namespace parseflow
