#include "http/endpoints/series.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/asked_app.hpp"
#include "http/render/time_text.hpp"
#include "messages/read_number.hpp"
#include "messages/rollup/metric_value.hpp"
#include "messages/system_time.hpp"
#include "messages/utf8.hpp"

namespace parseflow::http {

namespace {

using std::chrono::minutes;

std::optional<minutes> read_step(const std::string& text) {
  if (text.empty())
    return minutes{1};
  constexpr std::int64_t most = 366 * 86'400;
  const auto seconds = read_number<std::int64_t>(text);
  if (!seconds || *seconds < 60 || *seconds > most || *seconds % 60 != 0)
    return std::nullopt;
  return minutes{*seconds / 60};
}

// A time rounded to whole minutes by `round`, or `otherwise` if the text is empty.
template <class Round>
std::optional<minute> read_minute(const std::string& text, minute otherwise, Round round) {
  if (text.empty())
    return otherwise;
  const auto at = read_time(text);
  return at ? std::optional{round(*at)} : std::nullopt;
}

// "a,b" → "a", "b"; but "custom:a,b" stays whole, because apps may use such names for their numbers.
std::vector<std::string> split_metrics(std::string_view text) {
  std::vector<std::string> result;
  while (true) {
    const auto comma = text.find(',');
    const auto part = text.substr(0, comma);
    if (result.empty() || rollup::is_metric(part) || !rollup::is_of_family(result.back()))
      result.emplace_back(part);
    else
      result.back().append(",").append(part);
    if (comma == std::string_view::npos)
      return result;
    text.remove_prefix(comma + 1);
  }
}

nlohmann::ordered_json points_of(const series& found) {
  auto points = nlohmann::ordered_json::array();
  for (const auto& point : found.points)
    points.push_back(
        {std::chrono::duration_cast<std::chrono::seconds>(point.start.time_since_epoch()).count(),
         point.value});
  return points;
}

} // namespace

expected<series_query> read_series_request(const httplib::Request& request, std::string app, timestamp now) {
  series_query question;
  const auto metrics = parameter(request, "metric");
  if (!is_utf8(metrics))
    return problem{"metric must be UTF-8."};
  question.metrics = split_metrics(metrics);
  question.app = std::move(app);
  if (question.metrics.size() > series_query::max_metrics)
    return problem{
        fmt::format("These are more than {} metrics: ask more than once.", series_query::max_metrics)};
  for (const auto& metric : question.metrics) {
    if (!rollup::is_metric(metric))
      return problem{
          fmt::format("metric must be one of {}, or {} with a name: code:H12; or several, with commas.",
                      fmt::join(rollup::metric_names(), ", "), fmt::join(rollup::metric_families(), ", "))};
    if (question.app.empty() && rollup::is_of_one_app(metric))
      return problem{
          "This metric needs an app (app=NAME): dynos and endpoints of two apps may share a name."};
  }
  const auto step = read_step(parameter(request, "step"));
  if (!step)
    return problem{"step must be whole minutes in seconds: 60, 120, … up to a year."};
  const auto to = read_minute(parameter(request, "to"), std::chrono::ceil<minutes>(now),
                              [](timestamp at) { return std::chrono::ceil<minutes>(at); });
  if (!to)
    return problem{"to must be unix seconds or RFC 3339, such as 2026-03-02T14:07:31Z."};
  const auto from = read_minute(parameter(request, "from"), *to - std::chrono::hours{1},
                                [](timestamp at) { return std::chrono::floor<minutes>(at); });
  if (!from)
    return problem{"from must be unix seconds or RFC 3339, such as 2026-03-02T14:07:31Z."};
  if (*from >= *to)
    return problem{"from must be before to."};
  if ((*to - *from) / *step > series_query::max_points)
    return problem{
        fmt::format("These are more than {} points: take a larger step.", series_query::max_points)};
  question.from = *from;
  question.to = *to;
  question.step = *step;
  return question;
}

void get_series(exchange& current, pipeline_client& boxes) {
  if (!has_only_parameters(current.request, {"metric", "app", "from", "to", "step"}, current.response))
    return;
  auto app = asked_app(current);
  if (!app)
    return;
  const auto question = read_series_request(current.request, *std::move(app), system_time());
  if (!question)
    return set_error(current.response, 400, "bad_series", question.error().sentence);
  const auto found = boxes.ask_series(*question);
  if (!found)
    return answer_busy(current.response);
  nlohmann::ordered_json answer;
  if (found->size() == 1)
    answer["metric"] = found->front().metric;
  answer["step_s"] = std::chrono::seconds{question->step}.count();
  if (found->size() == 1)
    answer["points"] = points_of(found->front());
  else
    for (const auto& one : *found)
      answer["series"].push_back({{"metric", one.metric}, {"points", points_of(one)}});
  set_json(current.response, json_text(answer));
}

} // namespace parseflow::http
