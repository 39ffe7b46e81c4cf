// Parameters → questions, answers → JSON.
#include "http/metrics_endpoint.hpp"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/answers.hpp"
#include "http/ask.hpp"
#include "http/render_json.hpp"

namespace parseflow::http {

namespace {

// More steps than a chart has pixels are refused rather than cut.
constexpr std::int64_t max_steps = 1500;

timestamp wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void refuse_unanswered(httplib::Response& response) {
  refuse(response, 503, "not_answering", "the pipeline does not answer in time: try again");
}

std::string known_metrics() {
  std::string result;
  for (const auto name : rollup::metric_names())
    result += fmt::format("{}{}", result.empty() ? "" : ", ", name);
  return result;
}

// The question of a request for a series; a sentence if it cannot be asked.
std::optional<std::string> parse_series(const httplib::Request& request, series_query& question) {
  question.metric = request.get_param_value("metric");
  question.app = request.get_param_value("app");
  const auto time_of = [&](const char* name, minute& target) -> std::optional<std::string> {
    if (!request.has_param(name))
      return std::nullopt;
    const auto parsed = parse_time(request.get_param_value(name));
    if (!parsed)
      return fmt::format("{} must be seconds since 1970 or a time such as 2026-03-02T14:07:00Z", name);
    target = std::chrono::floor<std::chrono::minutes>(*parsed);
    return std::nullopt;
  };
  question.to = minute_of(wall_clock()) + std::chrono::minutes{1};
  if (auto problem = time_of("to", question.to))
    return problem;
  question.from = question.to - std::chrono::hours{1};
  if (auto problem = time_of("from", question.from))
    return problem;
  if (request.has_param("step")) {
    const auto text = request.get_param_value("step");
    std::int64_t seconds = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || seconds < 60 ||
        seconds % 60 != 0)
      return "step must be a multiple of 60 seconds";
    question.step = std::chrono::minutes{seconds / 60};
  }
  if (question.to <= question.from)
    return "from must be before to";
  if ((question.to - question.from) / question.step > max_steps)
    return fmt::format("at most {} steps: use a longer step or a shorter span", max_steps);
  return std::nullopt;
}

} // namespace

std::optional<std::chrono::sys_seconds> parse_time(const std::string& text) {
  std::int64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, seconds);
  // A century or two around now: nothing that could overflow later.
  if (number.ec == std::errc{} && number.ptr == end && std::abs(seconds) < 10'000'000'000)
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
  std::tm parts{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr)
    return std::nullopt;
  if (*rest == '.')
    for (++rest; *rest >= '0' && *rest <= '9';)
      ++rest;
  if (std::string_view zone{rest}; zone != "Z" && zone != "+00:00")
    return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::from_time_t(timegm(&parts)));
}

void metrics_endpoint::metrics(const httplib::Request& request, httplib::Response& response) {
  metrics_query question{request.get_param_value("app"), window::all, wall_clock()};
  if (request.has_param("window")) {
    const auto span = window_from(request.get_param_value("window"));
    if (!span) {
      refuse(response, 400, "bad_window", "window must be 1m, 5m, 1h, 24h or all");
      return;
    }
    question.span = *span;
  }
  questions ask{system_};
  auto asked_metrics = ask.send(boxes_.aggregator, question);
  auto asked_receiver = ask.send(boxes_.receiver, status_atom_v);
  auto asked_writer = ask.send(boxes_.writer, status_atom_v);
  const auto snapshot = ask.receive<snapshot_ptr>(asked_metrics);
  const auto receiver = ask.receive<receiver_status>(asked_receiver);
  // While a transaction runs the writer cannot answer: that alone must not cost the metrics.
  auto writer = ask.receive<writer_status>(asked_writer);
  if (!snapshot || !receiver) {
    refuse_unanswered(response);
    return;
  }
  if (!writer) {
    writer.emplace();
    writer->last_error = "the database has kept the writer busy for two seconds";
  }
  answer_json(response, render_json({**snapshot, *receiver, *writer}));
}

void metrics_endpoint::series(const httplib::Request& request, httplib::Response& response) {
  series_query question;
  if (const auto problem = parse_series(request, question)) {
    refuse(response, 400, "bad_parameter", *problem);
    return;
  }
  questions ask{system_};
  auto asked = ask.send(boxes_.aggregator, question);
  caf::error problem;
  const auto answer = ask.receive<parseflow::series>(asked, &problem);
  if (!answer) {
    if (problem == make_error(ec::unknown_metric))
      refuse(response, 400, "unknown_metric", fmt::format("metric must be one of {}", known_metrics()));
    else
      refuse_unanswered(response);
    return;
  }
  nlohmann::ordered_json body{{"metric", question.metric},
                              {"step_s", std::chrono::seconds{question.step}.count()}};
  auto points = nlohmann::ordered_json::array();
  for (const auto& point : answer->points)
    points.push_back({std::chrono::seconds{point.start.time_since_epoch()}.count(), point.value});
  body["points"] = std::move(points);
  answer_json(response, body.dump());
}

void metrics_endpoint::ready(const httplib::Request&, httplib::Response& response) {
  questions ask{system_};
  auto asked_receiver = ask.send(boxes_.receiver, status_atom_v);
  auto asked_writer = ask.send(boxes_.writer, status_atom_v);
  const auto receiver = ask.receive<receiver_status>(asked_receiver);
  const auto writer = ask.receive<writer_status>(asked_writer);
  const nlohmann::ordered_json body{
      {"status", receiver ? "ready" : "not_answering"},
      {"database",
       {{"connected", writer && writer->connected}, {"last_error", writer ? writer->last_error : ""}}}};
  answer_json(response, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (!receiver)
    response.status = 503;
}

} // namespace parseflow::http
