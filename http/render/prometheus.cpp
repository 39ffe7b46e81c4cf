#include "http/render/prometheus.hpp"

#include <array>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "http/connections/json_text.hpp"

namespace parseflow::http {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using rollup::span_rollup;

constexpr double milliseconds = 1e-3;
constexpr double megabytes = 1 << 20;

// Bounds of the duration buckets, in milliseconds. Those below `histogram::exact_below` are exact.
constexpr std::array<std::uint64_t, 13> duration_bounds{5,    10,   25,   50,    100,   250,  500,
                                                        1000, 2500, 5000, 10000, 20000, 30000};

constexpr std::array<std::string_view, 6> class_names{"unknown", "1xx", "2xx", "3xx", "4xx", "5xx"};

// Lines may hold any bytes, and a scraper refuses the whole answer for one byte of invalid UTF-8.
std::string label_value(std::string_view text) {
  return nlohmann::json::parse(json_text(text)).get<std::string>();
}

using labels = std::initializer_list<std::pair<const char*, std::string_view>>;

ClientMetric labelled(labels names) {
  ClientMetric metric;
  for (const auto& [name, value] : names)
    metric.label.push_back({name, label_value(value)});
  return metric;
}

// One family, filled value by value. A family without values is left out of the answer.
class family {
public:
  family(std::vector<MetricFamily>& all, MetricType type, std::string name, std::string help) : all_(all) {
    of_.type = type;
    of_.name = std::move(name);
    of_.help = std::move(help);
  }
  ~family() {
    if (!of_.metric.empty())
      all_.push_back(std::move(of_));
  }
  family(const family&) = delete;
  family& operator=(const family&) = delete;

  template <class Number>
  void add(labels names, Number value) {
    auto metric = labelled(names);
    (of_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        static_cast<double>(value);
    of_.metric.push_back(std::move(metric));
  }

  void add(labels names, const rollup::histogram& durations) {
    auto metric = labelled(names);
    auto& into = metric.histogram;
    into.sample_count = durations.count();
    into.sample_sum = static_cast<double>(durations.sum()) * milliseconds;
    for (const auto bound : duration_bounds)
      into.bucket.push_back(
          {durations.count() - durations.count_above(bound), static_cast<double>(bound) * milliseconds});
    into.bucket.push_back({durations.count(), INFINITY});
    of_.metric.push_back(std::move(metric));
  }

  void add_summary(labels names, const rollup::histogram& durations) {
    auto metric = labelled(names);
    auto& into = metric.summary;
    into.sample_count = durations.count();
    into.sample_sum = static_cast<double>(durations.sum()) * milliseconds;
    for (const auto q : {0.5, 0.95, 0.99})
      into.quantile.push_back({q, static_cast<double>(durations.quantile(q)) * milliseconds});
    of_.metric.push_back(std::move(metric));
  }

  void add(const latency& times) {
    ClientMetric metric;
    auto& into = metric.histogram;
    into.sample_sum = std::chrono::duration<double>(times.sum).count();
    for (std::size_t i = 0; i < times.counts.size(); ++i) {
      into.sample_count += times.counts[i];
      into.bucket.push_back(
          {into.sample_count, i < latency::bounds.size()
                                  ? std::chrono::duration<double>(latency::bounds[i]).count()
                                  : INFINITY});
    }
    of_.metric.push_back(std::move(metric));
  }

  void add(labels names, const rollup::measure_series& values) {
    auto metric = labelled(names);
    auto& into = metric.summary;
    const auto shown = [&](double kept) { return rollup::shown_value(kept, values.unit.text); };
    into.sample_count = values.values.count();
    into.sample_sum = shown(values.values.sum());
    for (const auto q : {0.5, 0.95, 0.99})
      into.quantile.push_back({q, shown(values.values.quantile(q))});
    of_.metric.push_back(std::move(metric));
  }

private:
  std::vector<MetricFamily>& all_;
  MetricFamily of_;
};

using apps = std::map<std::string, span_rollup>;
using families = std::vector<MetricFamily>;

// A counter of each app.
template <class Value>
void count_each(families& all, const apps& of, std::string name, std::string help, Value value) {
  family counted{all, MetricType::Counter, std::move(name), std::move(help)};
  for (const auto& [app, totals] : of)
    counted.add({{"app", app}}, value(totals));
}

// A counter of each name in a map of each app: a dyno, a code.
template <class Names, class Value>
void count_names(families& all, const apps& of, std::string name, std::string help, const char* label,
                 Names names, Value value) {
  family counted{all, MetricType::Counter, std::move(name), std::move(help)};
  for (const auto& [app, totals] : of)
    for (const auto& [key, entry] : names(totals))
      counted.add({{"app", app}, {label, key}}, value(entry));
}

const auto request_dynos = [](const span_rollup& totals) -> const auto& {
  return totals.dynos;
};
const auto platform_dynos = [](const span_rollup& totals) -> const auto& {
  return totals.platform.dynos;
};
const auto itself = [](std::uint64_t count) { return count; };

void add_requests(families& all, const apps& of) {
  {
    family requests{all, MetricType::Counter, "heroku_requests_total", "Router lines, by class of status."};
    for (const auto& [app, totals] : of)
      for (std::size_t i = 0; i < class_names.size(); ++i)
        requests.add({{"app", app}, {"status_class", class_names[i]}}, totals.by_status_class[i]);
  }
  {
    family requests{all, MetricType::Counter, "heroku_responses_total",
                    "Router lines with a status, by status."};
    for (const auto& [app, totals] : of)
      for (const auto& [status, count] : totals.by_status)
        requests.add({{"app", app}, {"status", std::to_string(status)}}, count);
  }
  {
    family requests{all, MetricType::Counter, "heroku_requests_by_method_total", "Router lines, by method."};
    for (const auto& [app, totals] : of)
      for (std::size_t i = 0; i < rollup::method_count; ++i)
        requests.add({{"app", app}, {"method", rollup::method_names[i]}}, totals.by_method[i]);
  }
  count_each(all, of, "heroku_request_errors_total",
             "Router lines with a status of 400 or above, without one, or with at=error.",
             [](const span_rollup& totals) { return totals.errors; });
  count_each(all, of, "heroku_request_failures_total", "Router lines with a status of 5xx or with at=error.",
             [](const span_rollup& totals) { return totals.failures; });
  count_each(all, of, "heroku_response_bytes_total", "Bytes sent to clients.",
             [](const span_rollup& totals) { return totals.response_bytes; });
  {
    family service{all, MetricType::Histogram, "heroku_service_seconds",
                   "Time between dyno and router: `service`, without WebSockets."};
    for (const auto& [app, totals] : of)
      service.add({{"app", app}}, totals.service);
  }
  {
    family lengths{all, MetricType::Summary, "heroku_websocket_seconds", "How long WebSockets were open."};
    for (const auto& [app, totals] : of)
      if (totals.websockets.count() != 0)
        lengths.add_summary({{"app", app}}, totals.websockets);
  }
  {
    family connect{all, MetricType::Histogram, "heroku_connect_seconds",
                   "Time to connect to a dyno: `connect`, without WebSockets."};
    for (const auto& [app, totals] : of)
      connect.add({{"app", app}}, totals.connect);
  }
  count_names(all, of, "heroku_dyno_requests_total", "Router lines, by dyno.", "dyno", request_dynos,
              [](const rollup::request_stats& stats) { return stats.count; });
  count_names(all, of, "heroku_dyno_request_errors_total",
              "Router lines with a status of 400 or above, without one, or with at=error, by dyno.", "dyno",
              request_dynos, [](const rollup::request_stats& stats) { return stats.errors; });
  count_names(all, of, "heroku_dyno_request_failures_total",
              "Router lines with a status of 5xx or with at=error, by dyno.", "dyno", request_dynos,
              [](const rollup::request_stats& stats) { return stats.failures; });
  count_names(
      all, of, "heroku_country_requests_total", "Router lines, by the client's country.", "country",
      [](const span_rollup& totals) -> const auto& { return totals.countries; }, itself);
}

void add_platform(families& all, const apps& of) {
  count_names(
      all, of, "heroku_errors_total", "Heroku's error codes: requests of H codes, lines of R and L codes.",
      "code", [](const span_rollup& totals) -> const auto& { return totals.error_codes; }, itself);
  {
    family memory{all, MetricType::Gauge, "heroku_dyno_memory_bytes", "As the dyno last reported."};
    for (const auto& [app, totals] : of)
      for (const auto& [dyno, state] : totals.platform.dynos)
        for (const auto& [kind, gauge] : {std::pair{"total", &state.memory_total_mb},
                                          {"rss", &state.memory_rss_mb},
                                          {"swap", &state.memory_swap_mb},
                                          {"quota", &state.memory_quota_mb}})
          if (gauge->count > 0)
            memory.add({{"app", app}, {"dyno", dyno}, {"kind", kind}}, gauge->last * megabytes);
  }
  {
    family load{all, MetricType::Gauge, "heroku_dyno_load1",
                "Load over one minute, as the dyno last reported."};
    for (const auto& [app, totals] : of)
      for (const auto& [dyno, state] : totals.platform.dynos)
        if (state.load_avg_1m.count > 0)
          load.add({{"app", app}, {"dyno", dyno}}, state.load_avg_1m.last);
  }
  count_names(all, of, "heroku_dyno_starts_total", "State changes to starting.", "dyno", platform_dynos,
              [](const rollup::dyno_state& state) { return state.starts; });
  count_names(all, of, "heroku_dyno_crashes_total", "State changes to crashed.", "dyno", platform_dynos,
              [](const rollup::dyno_state& state) { return state.crashes; });
  count_each(all, of, "heroku_releases_total", "Releases and rollbacks.",
             [](const span_rollup& totals) { return totals.platform.releases; });
  count_each(all, of, "heroku_deploys_total", "Deploys.",
             [](const span_rollup& totals) { return totals.platform.deploys; });
  family addons{all, MetricType::Gauge, "heroku_addon_value",
                "What an add-on last reported, in the unit that it writes."};
  for (const auto& [app, totals] : of)
    for (const auto& [addon, state] : totals.platform.addons)
      for (const auto& [name, value] : state.values)
        addons.add({{"app", app}, {"addon", addon}, {"name", name}, {"unit", value.unit}}, value.values.last);
}

void add_custom(families& all, const apps& of) {
  {
    family counts{all, MetricType::Counter, "heroku_custom_count_total", "Sums of count#NAME."};
    for (const auto& [app, totals] : of)
      for (const auto& [name, counted] : totals.custom.counts)
        counts.add({{"app", app}, {"name", name}}, counted.sum.value());
  }
  {
    family gauges{all, MetricType::Gauge, "heroku_custom_value", "The last sample#NAME."};
    for (const auto& [app, totals] : of)
      for (const auto& [key, gauge] : totals.custom.gauges)
        gauges.add({{"app", app}, {"name", rollup::name_of(key)}, {"unit", gauge.unit.text}},
                   rollup::shown_value(gauge.values.last, gauge.unit.text));
  }
  {
    family measures{all, MetricType::Summary, "heroku_custom_measure",
                    "Distributions of measure#NAME, in the unit that came first."};
    for (const auto& [app, totals] : of)
      for (const auto& [key, measure] : totals.custom.measures)
        measures.add({{"app", app}, {"name", rollup::name_of(key)}, {"unit", measure.unit.text}}, measure);
  }
  family uniques{all, MetricType::Gauge, "heroku_custom_unique", "Distinct members of unique#NAME."};
  for (const auto& [app, totals] : of)
    for (const auto& [name, set] : totals.custom.uniques)
      uniques.add({{"app", app}, {"name", name}}, set.members.count());
}

void add_lines(families& all, const apps& of) {
  count_each(all, of, "heroku_lines_total", "Lines taken in, of any kind.",
             [](const span_rollup& totals) { return totals.lines; });
  count_each(all, of, "heroku_line_bytes_total", "Bytes of the bodies they came in.",
             [](const span_rollup& totals) { return totals.bytes; });
  count_each(all, of, "heroku_malformed_lines_total", "Damaged lines.",
             [](const span_rollup& totals) { return totals.malformed; });
  count_each(all, of, "heroku_late_lines_total", "Lines received five minutes or more after their timestamp.",
             [](const span_rollup& totals) { return totals.late; });
  count_each(all, of, "heroku_lines_dropped_by_sender_total",
             "Lines that never arrived, as reported by L10, L12 and L13.",
             [](const span_rollup& totals) { return totals.platform.dropped_by_sender; });
}

template <class Number>
void add_one(families& all, MetricType type, std::string name, std::string help, Number value) {
  family{all, type, std::move(name), std::move(help)}.add({}, value);
}

void add_connections(families& all, const connection_counts& connections) {
  using enum MetricType;
  add_one(all, Gauge, "parseflow_connections", "Clients connected.", connections.open);
  add_one(all, Gauge, "parseflow_connections_limit", "Clients that may be connected.", connections.limit);
  add_one(all, Counter, "parseflow_connections_closed_for_others_total",
          "Clients without credentials that lost their place to others.", connections.closed_for_others);
  add_one(all, Counter, "parseflow_connections_refused_by_address_total",
          "Connections that were closed because their address had too many without credentials.",
          connections.refused_by_address);
  add_one(all, Gauge, "parseflow_longest_round_seconds",
          "The longest that an event loop was busy with one round of its clients since the start.",
          std::chrono::duration<double>{connections.longest_round}.count());
  add_one(all, Gauge, "parseflow_streams", "Answers that do not end and are open.", connections.streams);
}

void add_tails(families& all, const tail_status& tails) {
  using enum MetricType;
  add_one(all, Gauge, "parseflow_tails", "Readers who follow lines as they come.", tails.readers);
  add_one(all, Counter, "parseflow_tail_lines_shown_total", "Lines sent to them, once for each reader.",
          tails.lines_shown);
  add_one(all, Counter, "parseflow_tail_lines_skipped_total",
          "Lines that were left out for readers who were too slow.", tails.lines_skipped);
}

void add_wrong_credentials(families& all, const front_counts& front) {
  family wrong{all, MetricType::Counter, "parseflow_wrong_credentials_total",
               "Drain requests without good credentials, and wrong API keys."};
  wrong.add({{"of", "drain"}}, front.wrong_drain_credentials);
  wrong.add({{"of", "api_key"}}, front.wrong_api_keys);
}

void add_receiver(families& all, const receiver_status& receiver, std::uint64_t late_duplicates) {
  using enum MetricType;
  add_one(all, Counter, "parseflow_frames_total", "Frames acknowledged.", receiver.frames);
  add_one(all, Counter, "parseflow_frame_bytes_total", "Bytes of their bodies.", receiver.bytes);
  add_one(all, Counter, "parseflow_duplicate_frames_total", "Frames that were seen before.",
          receiver.duplicates + late_duplicates);
  add_one(all, Counter, "parseflow_overloaded_requests_total", "Drain requests answered 503.",
          receiver.overloaded);
  add_one(all, Counter, "parseflow_salvaged_frames_total", "Frames kept as one malformed line.",
          receiver.salvaged);
  add_one(all, Counter, "parseflow_lost_frames_total", "Frames that could not be read back from the journal.",
          receiver.lost_frames);
  family{all, Histogram, "parseflow_acknowledgement_seconds",
         "From a frame's arrival at the receiver until it is durable."}
      .add(receiver.acknowledgement);
  add_one(all, Gauge, "parseflow_held_requests", "Requests whose frame waits for the journal.",
          receiver.held);
  add_one(all, Gauge, "parseflow_parsing_bytes", "Bytes with the parsers.", receiver.parsing_bytes);
  add_one(all, Gauge, "parseflow_parsing_budget_bytes", "The most there may be.",
          receiver.parsing_budget_bytes);
  add_one(all, Gauge, "parseflow_unstored_bytes", "Bytes with the DB writer.", receiver.unstored_bytes);
  add_one(all, Gauge, "parseflow_unstored_budget_bytes", "The most there may be.",
          receiver.unstored_budget_bytes);
  add_one(all, Gauge, "parseflow_unstored_frames", "Frames in the journal and not yet in the database.",
          receiver.unstored_frames);
  add_one(all, Gauge, "parseflow_journal_bytes", "Bytes of these frames.", receiver.journal_bytes);
  add_one(all, Gauge, "parseflow_journal_disk_bytes", "Size of the journal's files.",
          receiver.journal_disk_bytes);
  add_one(all, Gauge, "parseflow_journal_oldest_age_seconds",
          "How long the oldest of these frames has waited.",
          std::chrono::duration<double>(receiver.oldest_age).count());
  add_one(all, Gauge, "parseflow_journal_writable", "1 while there is room for frames.",
          receiver.no_room ? 0 : 1);
}

void add_writer(families& all, const writer_status& writer) {
  using enum MetricType;
  add_one(all, Gauge, "parseflow_database_connected", "1 while the database takes lines.",
          writer.is_connected ? 1 : 0);
  add_one(all, Gauge, "parseflow_database_transaction_start_seconds",
          "When the current transaction started, in Unix time; 0 between transactions.",
          std::chrono::duration<double>(writer.busy_since.time_since_epoch()).count());
  add_one(all, Gauge, "parseflow_database_lag_lines", "Lines handed over and not yet committed.",
          writer.lag_lines);
  add_one(all, Counter, "parseflow_stored_lines_total", "Lines committed.", writer.stored_lines);
  add_one(all, Counter, "parseflow_database_transactions_total", "Transactions committed.",
          writer.transactions);
  add_one(all, Counter, "parseflow_rejected_frames_total", "Frames that the database refused.",
          writer.rejected_frames);
  add_one(all, Gauge, "parseflow_database_transaction_lines",
          "The most lines of the next transaction: fewer after failures.", writer.transaction_lines);
  add_one(all, Gauge, "parseflow_database_log_bytes",
          "Size of SQLite's write-ahead log: large while somebody reads in one long transaction.",
          writer.log_bytes);
  add_one(all, Gauge, "parseflow_database_stopped",
          "1 while nothing is stored because the database refuses every frame.", writer.stopped ? 1 : 0);
  add_one(all, Gauge, "parseflow_retention_waits",
          "1 while no old rows are removed because the clock may be wrong.", writer.retention_waits ? 1 : 0);
}

void add_alerts(families& all, const alert_report& report) {
  {
    family open{all, MetricType::Gauge, "parseflow_alert_open", "1 for each alert that is open."};
    for (const auto& one : report.alerts)
      if (!one.is_resolved)
        open.add({{"type", one.type}, {"app", one.app}, {"severity", one.severity}}, 1);
  }
  if (!report.webhook)
    return;
  add_one(all, MetricType::Counter, "parseflow_webhook_posts_total", "Posts that the receiver took.",
          report.webhook->delivered);
  add_one(all, MetricType::Counter, "parseflow_webhook_drops_total", "Alerts that were given up.",
          report.webhook->dropped);
  add_one(all, MetricType::Gauge, "parseflow_webhook_waiting", "Alerts that wait to be posted.",
          report.webhook->waiting);
}

void add_cluster(families& all, const cluster_view& nodes, const forwarding_status& forwarding) {
  {
    family peers{all, MetricType::Gauge, "parseflow_cluster_nodes",
                 "Nodes of cluster.peers, including this one, by whether they are live."};
    peers.add({{"state", "live"}}, nodes.answered.size());
    peers.add({{"state", "absent"}}, nodes.missing.size());
  }
  add_one(all, MetricType::Counter, "parseflow_forwarded_frames_total",
          "Frames that other nodes took for this one.", forwarding.frames);
  add_one(all, MetricType::Counter, "parseflow_forwarded_bytes_total", "Bytes of their bodies.",
          forwarding.bytes);
  add_one(all, MetricType::Counter, "parseflow_forward_failures_total",
          "Attempts that failed: the frame went to the next node.", forwarding.failed_over);
  {
    family refused{all, MetricType::Counter, "parseflow_cluster_refused_callers_total",
                   "Connections to the cluster's port that were closed because of who or how many they are."};
    refused.add({{"reason", "limit"}}, forwarding.refused.by_limit);
    refused.add({{"reason", "handshake"}}, forwarding.refused.by_handshake);
    refused.add({{"reason", "unlisted"}}, forwarding.refused.unlisted);
  }
  add_one(all, MetricType::Gauge, "parseflow_forwarding_frames", "Frames on the way to other nodes.",
          forwarding.waiting);
  family{all, MetricType::Histogram, "parseflow_forward_seconds",
         "From sending a frame to another node until it was durable there."}
      .add(forwarding.took);
}

} // namespace

std::string prometheus_text(const app_totals& totals, const alert_report& alerts,
                            const receiver_status& receiver, const front_counts& front,
                            const forwarding_status& forwarding) {
  const auto writer = alerts.writer.value_or(writer_status{});
  families all;
  add_requests(all, totals.apps);
  add_platform(all, totals.apps);
  add_custom(all, totals.apps);
  add_lines(all, totals.apps);
  add_alerts(all, alerts);
  add_connections(all, front.connections);
  add_tails(all, front.tails);
  add_wrong_credentials(all, front);
  add_receiver(all, receiver, writer.duplicates);
  add_writer(all, writer);
  if (totals.cluster)
    add_cluster(all, *totals.cluster, forwarding);
  return prometheus::TextSerializer{}.Serialize(all);
}

} // namespace parseflow::http
