#include "actors/metrics_history.hpp"

#include <algorithm>

#include "messages/rollup/metric_value.hpp"
#include "messages/window_length.hpp"

namespace parseflow::actors {

namespace {

// For each prepared window. A span of all apps takes up to a millisecond; a day has about 260 spans.
constexpr std::size_t spans_per_tick = 4;

// The first minute of a window that ends at `now`: all minutes that overlap the last `length`.
minute begin_of(timestamp now, std::chrono::minutes length) {
  return minute_of(now - length);
}

} // namespace

metrics_history::behavior_type metrics_history::make_behavior() {
  return {
      [this](const metrics_query& question) { return answer(question); },
      [this](const totals_query& question) { return answer(question); },
      [this](const series_query& question) { return answer(question); },
      [this](const watch_query& question) { return answer(question); },
      [this](const fresh_counts_ptr& fresh) { add(*fresh); },
      [this](const restored_counts& earlier) { begin_with(earlier); },
      [this](const stored_elsewhere& theirs) { subtract(theirs); },
      [this](caf::tick_atom) {
        tick();
        return true;
      },
  };
}

void metrics_history::add(const fresh_counts& fresh) {
  const auto now = minute_of(now_());
  for (const auto& [app, counts] : fresh.apps) {
    for (const auto& [at, data] : counts.minutes)
      apps_.add(app, at, data, now);
    apps_.hear(app, counts.heard);
  }
  counted_lines_ += fresh.lines;
}

void metrics_history::begin_with(const restored_counts& earlier) {
  apps_.begin_with(*earlier.counts);
  is_restored_ = true;
}

// Keep counting their lines for the lag: the writer reports them as stored.
void metrics_history::subtract(const stored_elsewhere& theirs) {
  apps_.age(minute_of(now_()));
  for (const auto& batch : theirs.batches)
    for (const auto& part : batch->partial)
      apps_.subtract(batch->origin->app, part.at, part.data);
}

snapshot_ptr metrics_history::answer(const metrics_query& question) const {
  auto result = std::make_shared<metrics_snapshot>();
  result->question = question;
  const auto end = minute_of(question.now) + std::chrono::minutes{1};
  const auto sum_of = [&](std::string_view app) {
    return question.span == window::all
               ? apps_.all(app)
               : apps_.between(app, begin_of(question.now, length_of(question.span)), end);
  };
  result->totals = sum_of(question.app);
  if (question.app.empty())
    result->other_apps_lines = sum_of(rollup::other_name).lines;
  const auto last_second = std::chrono::floor<std::chrono::seconds>(question.now);
  const auto recent = apps_.requests_between(question.app, last_second - std::chrono::seconds{59},
                                             last_second + std::chrono::seconds{1});
  result->requests_per_second = static_cast<double>(recent) / 60.0;
  for (const auto& [name, app] : apps_.apps())
    result->apps.push_back(name);
  result->is_restored = is_restored_;
  return result;
}

totals_ptr metrics_history::answer(const totals_query& question) const {
  auto result = std::make_shared<app_totals>();
  for (const auto& [name, app] : apps_.apps())
    if (question.app.empty() || question.app == name)
      result->apps.emplace(name, app.counted.all());
  return result;
}

caf::result<series_sums_ptr> metrics_history::answer(const series_query& question) const {
  auto detail = rollup::extent::without_names;
  for (const auto& metric : question.metrics) {
    if (!rollup::is_metric(metric))
      return make_error(ec::unknown_metric, metric);
    if (rollup::extent_of(metric) == rollup::extent::all)
      detail = rollup::extent::all;
  }
  auto result = std::make_shared<series_sums>();
  result->is_restored = is_restored_;
  const auto step = std::max(question.step, std::chrono::minutes{1});
  const auto end = std::min(question.to, question.from + step * series_query::max_points);
  for (auto start = question.from; start < end; start += step) {
    auto sum = apps_.between(question.app, start, std::min(start + step, end), detail);
    if (sum.lines == 0)
      continue;
    rollup::keep_for(question.metrics, sum);
    result->steps.push_back({start, std::move(sum)});
  }
  return series_sums_ptr{std::move(result)};
}

watched_counts_ptr metrics_history::answer(const watch_query& question) const {
  auto result = std::make_shared<watched_counts>();
  result->question = question;
  for (const auto& [name, app] : apps_.apps()) {
    auto& watched = result->apps[name];
    watched.heard = app.heard;
    for (const auto& window : question.windows)
      watched.sums.push_back(alerts::sum_of(app.counted, window, question.now));
  }
  result->counted_lines = counted_lines_;
  result->is_restored = is_restored_;
  return result;
}

void metrics_history::tick() {
  apps_.age(minute_of(now_()));
  for (const auto span : {window::one_day, window::one_hour})
    apps_.prepare(length_of(span), spans_per_tick);
}

} // namespace parseflow::actors
