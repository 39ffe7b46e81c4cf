// Checking the question of a chart, and its answer.
#include "http/endpoints/series.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"
#include "http/render/time_text.hpp"
#include "messages/read_number.hpp"
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

// A moment rounded to whole minutes by `Round`, or `otherwise` if the text is empty.
template <class Round>
std::optional<minute> read_minute(const std::string& text, minute otherwise, Round round) {
  if (text.empty())
    return otherwise;
  const auto at = read_time(text);
  return at ? std::optional{round(*at)} : std::nullopt;
}

} // namespace

series_request read_series_request(const httplib::Request& request, timestamp now) {
  const auto wrong = [](std::string sentence) { return series_request{{}, std::move(sentence)}; };
  series_query question;
  question.metric = parameter(request, "metric");
  question.app = parameter(request, "app");
  if (!is_utf8(question.metric))
    return wrong("metric must be UTF-8.");
  if (!rollup::is_metric(question.metric))
    return wrong(fmt::format("metric must be one of {}, or {} with a name: code:H12.",
                             fmt::join(rollup::metric_names(), ", "),
                             fmt::join(rollup::metric_families(), ", ")));
  if (question.app.empty() && rollup::is_of_one_app(question.metric))
    return wrong("This metric needs an app (app=NAME): dynos and endpoints of two apps may share a name.");
  const auto step = read_step(parameter(request, "step"));
  if (!step)
    return wrong("step must be whole minutes in seconds: 60, 120, … up to a year.");
  const auto to = read_minute(parameter(request, "to"), std::chrono::ceil<minutes>(now),
                              [](timestamp at) { return std::chrono::ceil<minutes>(at); });
  if (!to)
    return wrong("to must be unix seconds or RFC 3339, such as 2026-03-02T14:07:31Z.");
  const auto from = read_minute(parameter(request, "from"), *to - std::chrono::hours{1},
                                [](timestamp at) { return std::chrono::floor<minutes>(at); });
  if (!from)
    return wrong("from must be unix seconds or RFC 3339, such as 2026-03-02T14:07:31Z.");
  if (*from >= *to)
    return wrong("from must be before to.");
  if ((*to - *from) / *step > max_series_points)
    return wrong(fmt::format("These are more than {} points: take a larger step.", max_series_points));
  question.from = *from;
  question.to = *to;
  question.step = *step;
  return {std::move(question), {}};
}

void get_series(exchange& current, box_questions& boxes) {
  if (!has_only_parameters(current.request, {"metric", "app", "from", "to", "step"}, current.response))
    return;
  const auto now = system_time();
  const auto [question, problem] = read_series_request(current.request, now);
  if (!problem.empty())
    return set_error(current.response, 400, "bad_series", problem);
  const auto found = boxes.ask_series(question);
  if (!found)
    return answer_busy(current.response);
  auto points = nlohmann::ordered_json::array();
  for (const auto& point : found->points)
    points.push_back(
        {std::chrono::duration_cast<std::chrono::seconds>(point.start.time_since_epoch()).count(),
         point.value});
  const nlohmann::ordered_json answer{{"metric", question.metric},
                                      {"step_s", std::chrono::seconds{question.step}.count()},
                                      {"points", std::move(points)}};
  set_json(current.response, json_text(answer));
}

} // namespace parseflow::http
