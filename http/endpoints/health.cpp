#include "http/endpoints/health.hpp"

#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"

namespace parseflow::http {

void get_health(exchange& current) {
  set_json(current.response, R"({"status":"ok"})");
}

void get_readiness(exchange& current, pipeline_client& boxes, bool with_details) {
  const auto answers = boxes.ask_ready();
  const bool is_up = answers.metrics != nullptr && answers.receiver && answers.forwarding;
  const bool is_ready = is_up && !answers.receiver->no_room;
  nlohmann::ordered_json report;
  if (is_ready) {
    report["status"] = "ready";
  } else {
    // A 503 has the usual error fields.
    report["error"] = "not_ready";
    report["message"] = !is_up         ? "The pipeline does not answer within a second."
                        : with_details ? "There is no room for lines: " + answers.receiver->no_room->sentence
                                       : "There is no room for lines.";
    report["status"] = "not_ready";
  }
  if (with_details) {
    report["receiver"] = answers.receiver.has_value();
    report["aggregator"] = answers.metrics != nullptr;
    report["restoring"] = is_up && answers.receiver->is_restoring;
    report["database"] = nullptr;
    if (answers.alerts && answers.alerts->writer)
      report["database"] = {{"kind", answers.alerts->writer->kind},
                            {"connected", answers.alerts->writer->is_connected},
                            {"lag_lines", answers.alerts->writer->lag_lines}};
  }
  set_json(current.response, json_text(report));
  if (!is_ready) {
    current.response.status = 503;
    set_retry_after(current.response, std::chrono::seconds{1});
  }
}

} // namespace parseflow::http
