// Timelines per app, and the sums that questions ask for.
#include "actors/metrics_history.hpp"

#include <algorithm>

#include "messages/service_log.hpp"
#include "messages/window_length.hpp"

namespace parseflow {

namespace {

// A question for more steps than this is cut: no chart shows more.
constexpr std::int64_t max_points = 1500;
// Of each prepared window; a span of all apps takes up to a millisecond. A day has some 260.
constexpr std::size_t spans_per_tick = 4;
// Nodes that judge the same counts raise the same alert within this time, and it is told.
constexpr std::chrono::minutes told_after{1};
// The webhook gives up an alert within this time, and it is no news any more.
constexpr std::chrono::minutes news{10};

// The first minute of a window that ends at `now`: all minutes that overlap the last `length`.
minute begin_of(timestamp now, std::chrono::minutes length) {
  return minute_of(now - length);
}

} // namespace

metrics_history::metrics_history(caf::actor_config& config, std::vector<alerts::rule> rules, wall_clock clock)
    : super(config), now_(std::move(clock)), alerts_(std::move(rules), now_()) {}

metrics_history::behavior_type metrics_history::make_behavior() {
  set_down_handler([this](const caf::down_msg& message) {
    std::erase_if(alert_sinks_, [&](const alert_sink& one) { return one.sink.address() == message.source; });
  });
  return {
      [this](const fresh_counts_ptr& fresh) { add(*fresh); },
      [this](const metrics_query& question) { return answer(question); },
      [this](const totals_query& question) { return answer(question); },
      [this](const series_query& question) { return answer(question); },
      [this](const watch_query& question) { return answer(question); },
      [this](const restored_counts& earlier) { apps_.begin_with(*earlier.counts); },
      [this](const stored_elsewhere& theirs) { take_back(theirs); },
      [this](const cluster_counts& all) { judge(all); },
      [this](restored_alerts& earlier) { publish(alerts_.restore(std::move(earlier.alerts), now_())); },
      [this](attach_atom, audience wanted, const alert_sink_actor& sink) {
        alert_sinks_.push_back({wanted, sink});
        monitor(sink);
      },
      [this](const writer_status& status) { note(status); },
      [this](const webhook_status& status) { webhook_ = status; },
      [this](const posted_alert& told) {
        posted_.push_back({now_(), told.what});
      },
      [this](caf::tick_atom) {
        tick();
        return true;
      },
  };
}

void metrics_history::on_exit() {
  alert_sinks_.clear();
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

// Their lines stay counted for the lag: the writer takes them for stored.
void metrics_history::take_back(const stored_elsewhere& theirs) {
  apps_.age(minute_of(now_()));
  for (const auto& batch : theirs.batches)
    for (const auto& part : batch->partial)
      apps_.take_back(batch->origin->app, part.at, part.data);
}

// What the writer was handed and what still waits in the journal is all counted here already.
void metrics_history::note(const writer_status& status) {
  database_.lag_lines = counted_lines_ - std::min(counted_lines_, status.stored_lines);
  if (status.connected)
    database_.away_since.reset();
  else if (!database_.away_since)
    database_.away_since = now_();
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
  result->alerts = alerts_.alerts(question.app, question.now);
  result->webhook = webhook_;
  return result;
}

totals_ptr metrics_history::answer(const totals_query& question) const {
  auto result = std::make_shared<app_totals>();
  for (const auto& [name, app] : apps_.apps())
    if (question.app.empty() || question.app == name)
      result->apps.emplace(name, app.counted.all());
  result->alerts = alerts_.alerts(question.app, now_());
  std::erase_if(result->alerts, [](const alert& one) { return one.resolved; });
  result->webhook = webhook_;
  return result;
}

caf::result<series_sums_ptr> metrics_history::answer(const series_query& question) const {
  if (!rollup::is_metric(question.metric))
    return make_error(ec::unknown_metric, question.metric);
  auto result = std::make_shared<series_sums>();
  const auto detail = rollup::extent_of(question.metric);
  const auto step = std::max(question.step, std::chrono::minutes{1});
  const auto end = std::min(question.to, question.from + step * max_points);
  for (auto start = question.from; start < end; start += step) {
    auto sum = apps_.between(question.app, start, std::min(start + step, end), detail);
    if (sum.lines == 0)
      continue;
    rollup::keep_for(question.metric, sum);
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
  for (auto& one : alerts_.alerts({}, question.now))
    if (!one.resolved && !one.app.empty())
      result->alerts.push_back(std::move(one));
  for (const auto& [at, one] : posted_)
    result->posted.push_back(one);
  return result;
}

void metrics_history::tick() {
  const auto now = now_();
  apps_.age(minute_of(now));
  forget_old_news(now);
  for (const auto span : {window::one_day, window::one_hour})
    apps_.prepare(length_of(span), spans_per_tick);
  if (!is_one_of_many_) {
    std::vector<alerts::watched_app> watched;
    watched.reserve(apps_.apps().size());
    for (const auto& [name, app] : apps_.apps())
      watched.push_back({name, app.heard, [&counted = app.counted, now](alerts::watched_window window) {
                           return alerts::sum_of(counted, window, now);
                         }});
    publish(alerts_.judge_apps(watched, now));
  }
  publish(alerts_.judge_database(database_, now));
}

// All nodes do so alike.
void metrics_history::judge(const cluster_counts& all) {
  const auto& counted = *all.counted;
  is_one_of_many_ = true;
  is_speaker_ = all.is_speaker;
  tell_untold(counted.posted);
  const auto& windows = counted.question.windows;
  std::vector<alerts::watched_app> watched;
  watched.reserve(counted.apps.size());
  for (const auto& [name, app] : counted.apps)
    watched.push_back({name, app.heard, [&windows, &sums = app.sums](alerts::watched_window window) {
                         const auto at = std::find(windows.begin(), windows.end(), window) - windows.begin();
                         return sums.at(static_cast<std::size_t>(at));
                       }});
  publish(alerts_.judge_apps(watched, now_()), counted.alerts);
}

void metrics_history::publish(const std::vector<alert>& changed, std::span<const alert> open_elsewhere) {
  for (const auto& one : changed) {
    log(log_level::info, name(), one.now.empty() ? one.message : one.now,
        {{"alert", one.type},
         {"app", one.app},
         {"severity", one.severity},
         {"state", one.resolved ? "resolved" : "raised"}});
    tell(audience::node, one);
    if (was_told(one, open_elsewhere))
      continue;
    // Alerts about apps are raised by all nodes alike, those about the database by each for itself.
    if (!is_one_of_many_ || one.app.empty() || is_speaker_)
      tell(audience::outside, one);
    else
      untold_.push_back({now_(), one});
  }
}

void metrics_history::tell(audience to, const alert& one) {
  for (const auto& [wanted, sink] : alert_sinks_)
    if (wanted == to)
      send(sink, one);
}

// What the speaker was to tell when it went, and did not, as far as its last answers say.
void metrics_history::tell_untold(std::span<const alert> posted) {
  std::erase_if(untold_, [posted](const dated_alert& untold) {
    return std::any_of(posted.begin(), posted.end(), [&one = untold.what](const alert& other) {
      return other.type == one.type && other.app == one.app && other.resolved == one.resolved &&
             abs(other.raised_at - one.raised_at) <= told_after;
    });
  });
  if (!is_speaker_)
    return;
  for (const auto& [at, one] : std::exchange(untold_, {}))
    tell(audience::outside, one);
}

void metrics_history::forget_old_news(timestamp now) {
  for (auto* list : {&untold_, &posted_})
    std::erase_if(*list, [now](const dated_alert& one) { return one.at + news < now; });
}

// What was open before this node came was told then.
bool metrics_history::was_told(const alert& one, std::span<const alert> open_elsewhere) {
  return !one.resolved && std::any_of(open_elsewhere.begin(), open_elsewhere.end(), [&](const alert& other) {
    return other.type == one.type && other.app == one.app && other.raised_at + told_after < one.raised_at;
  });
}

} // namespace parseflow
