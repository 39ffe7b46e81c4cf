// Timelines per app, and the sums that questions ask for.
#include "actors/metrics_aggregator.hpp"

#include <algorithm>

#include "messages/service_log.hpp"

namespace parseflow {

namespace {

constexpr std::chrono::seconds tick_interval{1};
// A question for more steps than this is cut: no chart shows more.
constexpr std::int64_t max_points = 1500;

timestamp wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// The first minute of a window that ends at `now`: all minutes that overlap the last `length`.
minute begin_of(timestamp now, std::chrono::minutes length) {
  return minute_of(now - length);
}

std::chrono::minutes length_of(window span) {
  using namespace std::chrono_literals;
  switch (span) {
  case window::one_minute:
    return 1min;
  case window::five_minutes:
    return 5min;
  case window::one_hour:
    return 1h;
  case window::one_day:
  case window::all:
    return 24h;
  }
  return 24h;
}

} // namespace

metrics_aggregator::metrics_aggregator(caf::actor_config& config, alert_settings alerts)
    : super(config), settings_(alerts), alerts_(alerts) {}

metrics_aggregator::behavior_type metrics_aggregator::make_behavior() {
  delayed_send(this, tick_interval, caf::tick_atom_v);
  return {
      [this](const batch_ptr& next) {
        for (const auto& part : next->partial)
          add(next->origin->app, part.at, part.data);
      },
      [this](const restored_rollups& earlier) {
        for (const auto& part : *earlier.parts)
          add(part.app, part.at, part.data);
      },
      [this](const metrics_query& question) { return answer(question); },
      [this](const series_query& question) { return answer(question); },
      [this](caf::tick_atom) { tick(); },
  };
}

void metrics_aggregator::add(const std::string& app, minute at, const rollup::minute_rollup& data) {
  apps_.add(app, at, data, minute_of(wall_clock()));
}

snapshot_ptr metrics_aggregator::answer(const metrics_query& question) const {
  auto result = std::make_shared<metrics_snapshot>();
  result->question = question;
  const auto end = minute_of(question.now) + std::chrono::minutes{1};
  result->totals = question.span == window::all
                       ? apps_.all(question.app)
                       : apps_.between(question.app, begin_of(question.now, length_of(question.span)), end);
  const auto last_second = std::chrono::floor<std::chrono::seconds>(question.now);
  const auto recent = apps_.requests_between(question.app, last_second - std::chrono::seconds{59},
                                             last_second + std::chrono::seconds{1});
  result->requests_per_second = static_cast<double>(recent) / 60.0;
  for (const auto& [name, timeline] : apps_.apps())
    result->apps.push_back(name);
  result->alerts = alerts_.alerts();
  return result;
}

caf::result<series> metrics_aggregator::answer(const series_query& question) const {
  if (!rollup::is_metric(question.metric))
    return make_error(ec::unknown_metric, question.metric);
  series result;
  const auto detail = rollup::extent_of(question.metric);
  const auto step = std::max(question.step, std::chrono::minutes{1});
  const auto end = std::min(question.to, question.from + step * max_points);
  for (auto start = question.from; start < end; start += step) {
    const auto sum = apps_.between(question.app, start, std::min(start + step, end), detail);
    if (sum.lines == 0)
      continue;
    if (const auto value = rollup::metric_value(question.metric, sum, step))
      result.points.push_back({start, *value});
  }
  return result;
}

void metrics_aggregator::tick() {
  const auto now = wall_clock();
  apps_.age(minute_of(now));
  const auto recent = apps_.between({}, begin_of(now, settings_.window),
                                    minute_of(now) + std::chrono::minutes{1}, rollup::extent::without_names);
  const auto before = alerts_.alerts();
  if (alerts_.evaluate(recent, now)) {
    for (const auto& changed : alerts_.alerts())
      if (std::find(before.begin(), before.end(), changed) == before.end())
        log(log_level::info, name(), changed.message,
            {{"alert", changed.type},
             {"severity", changed.severity},
             {"state", changed.resolved ? "resolved" : "raised"}});
  }
  delayed_send(this, tick_interval, caf::tick_atom_v);
}

} // namespace parseflow
