#include "tests/e2e/cluster/accidents.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/e2e/tested_program.hpp"

namespace parseflow::e2e {

namespace {

using namespace std::chrono_literals;

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

} // namespace

std::chrono::seconds chaos_length() {
  return std::chrono::seconds{number_from_environment("PARSEFLOW_CHAOS_SECONDS", is_sanitized() ? 20 : 60)};
}

std::uint64_t chaos_seed() {
  const auto seed = number_from_environment("PARSEFLOW_CHAOS_SEED", std::random_device{}());
  MESSAGE("PARSEFLOW_CHAOS_SEED=" << seed);
  return seed;
}

void accidents::go_on_for(std::chrono::seconds length, const traffic_jam& jam) {
  REQUIRE(jam.wait_for_each());
  for (const auto end = std::chrono::steady_clock::now() + length; std::chrono::steady_clock::now() < end;) {
    one_accident();
    INFO(history_);
    REQUIRE(jam.wait_for_each());
  }
  MESSAGE(history_);
}

void accidents::one_accident() {
  std::vector<std::size_t> order(nodes_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random_);
  order.resize(below(3) == 0 ? 2 : 1);
  std::vector<std::function<void()>> repairs;
  for (const auto index : order) {
    repairs.push_back(hurt(index, order.size() == 1));
    stay(below(300) * 1ms);
  }
  for (const auto& repair : repairs)
    repair();
  for (const auto index : order)
    REQUIRE(eventually([&] { return front_.is_live(index); }));
}

std::uint64_t accidents::below(std::uint64_t bound) {
  return std::uniform_int_distribution<std::uint64_t>{0, bound - 1}(random_);
}

void accidents::stay(std::chrono::milliseconds length) {
  std::this_thread::sleep_for(length);
}

void accidents::note(const std::string& what, std::size_t index) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch() / 1ms;
  history_ += "at " + std::to_string(now) + " ms: " + what + " " + nodes_.name(index) + "\n";
}

} // namespace parseflow::e2e
