#include "tests/traffic/dyno_lines.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace parseflow::traffic {

namespace {

constexpr double quota_mb = 512;

event_line about(const dyno& of, std::string kind, std::string text, std::string severity = {}) {
  return {"heroku", of.name, std::move(kind), std::move(severity), std::move(text)};
}

std::string command_of(const dyno& of) {
  return of.name.starts_with("web.") ? "bundle exec puma -C config/puma.rb" : "bin/worker --queue mailers";
}

void plan_start(dyno& of, dice& roll, std::string_view former_state, std::deque<event_line>& to) {
  of = make_dyno(of.name, roll);
  to.push_back(about(of, "state_change", fmt::format("State changed from {} to starting", former_state)));
  to.push_back(about(of, "process_start", fmt::format("Starting process with command `{}`", command_of(of))));
  to.push_back(about(of, "state_change", "State changed from starting to up"));
}

event_line by_api(std::string kind, std::string text) {
  return {"app", "api", std::move(kind), {}, std::move(text)};
}

} // namespace

dyno make_dyno(std::string name, dice& roll) {
  return {std::move(name),
          "heroku.190283746." + roll.uuid(),
          0.2 + 0.4 * roll.fraction(),
          180 + 60 * roll.fraction(),
          100'000,
          50'000};
}

event_line runtime_metrics(dyno& of, bool is_memory, dice& roll) {
  const auto begin = fmt::format("source={} dyno={}", of.name, of.instance);
  if (!is_memory) {
    of.load = std::clamp(of.load + 0.2 * (roll.fraction() - 0.5), 0.02, 6.0);
    return about(
        of, "runtime_metrics",
        fmt::format("{} sample#load_avg_1m={:.2f} sample#load_avg_5m={:.2f} sample#load_avg_15m={:.2f}",
                    begin, of.load, of.load * 0.9, of.load * 0.8));
  }
  of.memory_mb = std::min(of.memory_mb + 3 * (roll.fraction() - 0.4), 1.2 * quota_mb);
  of.pages_in += roll.below(900);
  of.pages_out += roll.below(700);
  const double cache = 17.32;
  const double swap = std::max(0.0, of.memory_mb + cache - quota_mb);
  return about(of, "runtime_metrics",
               fmt::format("{} sample#memory_total={:.2f}MB sample#memory_rss={:.2f}MB "
                           "sample#memory_cache={:.2f}MB sample#memory_swap={:.2f}MB "
                           "sample#memory_pgpgin={}pages sample#memory_pgpgout={}pages "
                           "sample#memory_quota={:.2f}MB",
                           begin, of.memory_mb + cache + swap, of.memory_mb, cache, swap, of.pages_in,
                           of.pages_out, quota_mb));
}

void plan_restart(dyno& of, dice& roll, std::deque<event_line>& to) {
  to.push_back(about(of, "dyno_other", "Cycling"));
  to.push_back(about(of, "process_stop", "Stopping all processes with SIGTERM"));
  to.push_back(about(of, "process_exit", "Process exited with status 143"));
  plan_start(of, roll, "up", to);
}

void plan_crash(dyno& of, dice& roll, std::deque<event_line>& to) {
  to.push_back(about(of, "process_exit", "Process exited with status 1"));
  to.push_back(about(of, "state_change", "State changed from up to crashed", "error"));
  plan_start(of, roll, "crashed", to);
}

void plan_memory_error(dyno& of, dice& roll, std::deque<event_line>& to) {
  of.memory_mb = quota_mb * (1.02 + 0.1 * roll.fraction());
  to.push_back(about(
      of, "memory_use",
      fmt::format("Process running mem={:.0f}M({:.1f}%)", of.memory_mb, 100 * of.memory_mb / quota_mb)));
  to.push_back(about(of, "dyno_error", "Error R14 (Memory quota exceeded)", "error"));
}

void plan_deploy(std::vector<dyno>& all, std::uint32_t release, dice& roll, std::deque<event_line>& to) {
  constexpr const char* user = "dev@example.com";
  to.push_back(by_api("build", fmt::format("Build started by user {}", user)));
  to.push_back(by_api("build", "Build succeeded"));
  to.push_back(by_api("deploy", fmt::format("Deploy {} by user {}", roll.hex(8), user)));
  to.push_back(by_api("release", fmt::format("Release v{} created by user {}", release, user)));
  for (auto& next : all) {
    to.push_back(about(next, "dyno_other", "Restarting"));
    to.push_back(about(next, "process_stop", "Stopping all processes with SIGTERM"));
    to.push_back(about(next, "process_exit", "Process exited with status 143"));
    plan_start(next, roll, "up", to);
  }
}

} // namespace parseflow::traffic
