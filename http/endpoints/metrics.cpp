#include "http/endpoints/metrics.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "http/connections/reply.hpp"
#include "http/endpoints/asked_app.hpp"
#include "http/render/json.hpp"
#include "http/render/prometheus.hpp"
#include "messages/system_time.hpp"

namespace parseflow::http {

namespace {

// Scrapers name the exposition formats. HTTP libraries often accept text besides JSON, but want JSON.
bool asks_for_exposition(const httplib::Request& request) {
  const auto accept = request.get_header_value("Accept");
  const auto names = [&accept](std::string_view type) { return accept.find(type) != std::string::npos; };
  return (names("text/plain") || names("application/openmetrics-text")) && !names("application/json");
}

void answer_restoring(httplib::Response& response) {
  set_error(response, 503, "restoring",
            "Counts of earlier runs are still being restored: try again. This needs the database.");
  set_retry_after(response, std::chrono::seconds{5});
}

void get_exposition(exchange& current, const std::string& app, pipeline_client& boxes, front_counts front) {
  const auto answers = boxes.ask_all(totals_query{app});
  if (!answers.totals || !answers.alerts || !answers.receiver || !answers.forwarding || !answers.tails)
    return answer_busy(current.response);
  // Prometheus takes a counter that falls for a restart, and would count its way back up as an increase.
  if (answers.receiver->is_restoring)
    return answer_restoring(current.response);
  front.tails = *answers.tails;
  current.response.set_content(
      prometheus_text(*answers.totals, *answers.alerts, *answers.receiver, front, *answers.forwarding),
      "text/plain; version=0.0.4; charset=utf-8");
  compress(current);
}

void hide(std::optional<problem>& sentence) {
  if (sentence)
    sentence = problem{"a key that sees all apps is shown why"};
}

// A key that sees only some apps is shown neither the names of others nor what the database says, which may
// quote what others have sent.
std::string json_for(const reader& who, const overview& answers, const front_counts& front) {
  if (who.apps.empty())
    return metrics_json(*answers.metrics, *answers.alerts, *answers.receiver, front, *answers.forwarding);
  auto metrics = *answers.metrics;
  std::erase_if(metrics.apps, [&who](const std::string& app) { return !who.may_see(app); });
  auto alerts = *answers.alerts;
  if (alerts.writer) {
    hide(alerts.writer->last_error);
    hide(alerts.writer->stopped);
    hide(alerts.writer->retention_waits);
  }
  return metrics_json(metrics, alerts, *answers.receiver, front, *answers.forwarding);
}

} // namespace

void get_metrics(exchange& current, pipeline_client& boxes, front_counts front) {
  current.response.set_header("Vary", "Accept, Accept-Encoding");
  if (!has_only_parameters(current.request, {"app", "window"}, current.response))
    return;
  const auto app = asked_app(current);
  if (!app)
    return;
  if (asks_for_exposition(current.request))
    return get_exposition(current, *app, boxes, front);
  const auto& request = current.request;
  metrics_query question;
  question.now = system_time();
  question.app = *app;
  if (request.has_param("window")) {
    const auto span = window_from(request.get_param_value("window"));
    if (!span)
      return set_error(current.response, 400, "unknown_window", "window must be 1m, 5m, 1h, 24h or all.");
    question.span = *span;
  }
  const auto answers = boxes.ask_all(question);
  if (!answers.metrics || !answers.alerts || !answers.receiver || !answers.forwarding || !answers.tails)
    return answer_busy(current.response);
  front.tails = *answers.tails;
  set_json(current.response, json_for(current.who(), answers, front));
  compress(current);
}

} // namespace parseflow::http
