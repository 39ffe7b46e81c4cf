// The question in a query string, and the answer to it.
#include "http/metrics_endpoint.hpp"

#include "http/render_json.hpp"
#include "http/reply.hpp"

namespace parseflow::http {

void get_metrics(exchange& current, box_questions& boxes) {
  const auto& request = current.request;
  metrics_query question;
  question.now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  question.app = request.has_param("app") ? request.get_param_value("app") : "";
  if (request.has_param("window")) {
    const auto span = window_from(request.get_param_value("window"));
    if (!span)
      return set_error(current.response, 400, "unknown_window", "window must be 1m, 5m, 1h, 24h or all.");
    question.span = *span;
  }
  const auto answers = boxes.ask_all(question);
  if (!answers.metrics || !answers.receiver) {
    set_error(current.response, 503, "pipeline_busy", "The pipeline did not answer in time: try again.");
    return set_retry_after(current.response, std::chrono::seconds{1});
  }
  set_json(current.response,
           metrics_json(*answers.metrics, *answers.receiver, answers.writer.value_or(writer_status{})));
}

} // namespace parseflow::http
