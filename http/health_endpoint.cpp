// Liveness and readiness as JSON.
#include "http/health_endpoint.hpp"

#include <nlohmann/json.hpp>

#include "http/reply.hpp"

namespace parseflow::http {

void get_health(exchange& current) {
  set_json(current.response, R"({"status":"ok"})");
}

void get_readiness(exchange& current, box_questions& boxes) {
  metrics_query question;
  question.span = window::one_minute;
  question.now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto answers = boxes.ask_all(question);
  const bool is_up = answers.metrics != nullptr && answers.receiver.has_value();
  nlohmann::ordered_json report;
  if (is_up) {
    report["status"] = "ready";
  } else {
    // A 503 is an error like any other.
    report["error"] = "not_ready";
    report["message"] = "The pipeline does not answer within a second.";
    report["status"] = "not_ready";
  }
  report["receiver"] = answers.receiver.has_value();
  report["aggregator"] = answers.metrics != nullptr;
  if (answers.writer)
    report["database"] = {{"kind", answers.writer->kind},
                          {"connected", answers.writer->connected},
                          {"lag_lines", answers.writer->lag_lines}};
  else
    report["database"] = nullptr;
  set_json(current.response, report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (!is_up) {
    current.response.status = 503;
    set_retry_after(current.response, std::chrono::seconds{1});
  }
}

} // namespace parseflow::http
