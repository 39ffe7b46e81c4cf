#include "tests/traffic/traffic.hpp"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "tests/traffic/app_lines.hpp"

namespace parseflow::traffic {

namespace {

// The share of metrics that add-ons write; dynos write the others.
constexpr double addon_share = 0.15;

// The form is `2026-03-02T14:07:31.482915+00:00`; some of the platform's writers leave the fraction out.
std::string time_text(timestamp at, bool has_fraction) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  auto out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int{date.year()}, unsigned{date.month()},
                  unsigned{date.day()}, time.hours().count(), time.minutes().count(), time.seconds().count());
  if (has_fraction)
    out += fmt::format(".{:06}", time.subseconds().count());
  return out + "+00:00";
}

bool has_fraction(const event_line& line) {
  return line.proc != "logplex" && line.kind != "addon_metrics" && line.kind != "postgres_log";
}

int priority_of(const event_line& line) {
  if (line.proc == "logplex")
    return 172;
  if (line.source == "heroku")
    return 45;
  return line.kind == "addon_metrics" || line.kind == "postgres_log" ? 134 : 190;
}

// Appends one frame. Each line ends with a line feed that counts for its length, except Logplex's own lines.
void append_frame(std::string& to, int priority, std::string_view time, std::string_view source,
                  std::string_view proc, std::string_view text, bool has_line_feed = true) {
  const auto message = fmt::format("<{}>1 {} host {} {} - {}{}", priority, time, source, proc, text,
                                   has_line_feed ? "\n" : "");
  fmt::format_to(std::back_inserter(to), "{} {}", message.size(), message);
}

void append_event(body& to, timestamp at, event_line line) {
  if (!has_fraction(line))
    at = std::chrono::floor<std::chrono::seconds>(at);
  append_frame(to.bytes, priority_of(line), time_text(at, has_fraction(line)), line.source, line.proc,
               line.text, line.proc != "logplex");
  to.lines.push_back({at, std::move(line.source), std::move(line.proc), std::move(line.kind),
                      std::move(line.severity), std::move(line.text)});
}

} // namespace

generator::generator(const app_profile& profile, std::uint64_t seed) : profile_(profile), dice_(seed) {
  for (std::uint32_t i = 1; i <= profile.web_dynos; ++i)
    dynos_.push_back(make_dyno(fmt::format("web.{}", i), dice_));
  for (std::uint32_t i = 1; i <= profile.worker_dynos; ++i)
    dynos_.push_back(make_dyno(fmt::format("worker.{}", i), dice_));
}

void generator::deploy() {
  plan_deploy(dynos_, ++release_, dice_, planned_);
}

body generator::next(std::size_t count, timestamp from, timestamp to) {
  body result;
  const auto begin = static_cast<std::uint64_t>(from.time_since_epoch().count());
  result.frame_id =
      fmt::format("{:016X}{:016X}", dice_.below(UINT64_MAX), begin ^ dice_.below(std::uint64_t{1} << 20));
  result.bytes.reserve(count * 300);
  result.requests.reserve(count);
  if (dice_.chance(profile_.loss_share))
    lose(1 + dice_.below(400));
  if (lost_ != 0)
    add_loss(result, from);
  for (std::size_t i = 0; i < count; ++i)
    add_line(result, from + (to - from) * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(count));
  return result;
}

void generator::add_line(body& to, timestamp at) {
  if (planned_.empty() && dice_.chance(profile_.event_share))
    plan_event();
  // The lines of events are mixed with others, so that a restart does not silence the app.
  if (!planned_.empty() && dice_.chance(0.2)) {
    append_event(to, at, std::move(planned_.front()));
    planned_.pop_front();
    return;
  }
  const double draw = dice_.fraction();
  if (draw < profile_.router_share) {
    auto request = draw_request(dice_, at, profile_.web_dynos, conditions_);
    append_frame(to.bytes, 158, time_text(at, true), "heroku", "router", router_text(request));
    to.requests.push_back(std::move(request));
  } else if (draw < profile_.router_share + profile_.app_share) {
    append_event(to, at, app_line(dice_.one_of(dynos_).name, dice_));
  } else if (dice_.chance(addon_share)) {
    append_event(to, at, addon_line(dice_));
  } else {
    const auto turn = sample_turn_++;
    append_event(to, at, runtime_metrics(dynos_[turn / 2 % dynos_.size()], turn % 2 == 1, dice_));
  }
}

void generator::add_loss(body& to, timestamp at) {
  const auto since = time_text(at - std::chrono::seconds{30}, false);
  append_event(
      to, at,
      {"heroku", "logplex", "loss", "warning",
       fmt::format("Error L10 (output buffer overflow): {} messages dropped since {}.", lost_, since)});
  to.lost = lost_;
  lost_ = 0;
}

void generator::plan_event() {
  auto& chosen = dynos_[dice_.below(dynos_.size())];
  const auto draw = dice_.below(10);
  if (draw < 4)
    plan_restart(chosen, dice_, planned_);
  else if (draw < 7)
    plan_memory_error(chosen, dice_, planned_);
  else if (draw < 9)
    plan_crash(chosen, dice_, planned_);
  else
    deploy();
}

} // namespace parseflow::traffic
