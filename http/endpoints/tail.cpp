#include "http/endpoints/tail.hpp"

#include <fmt/format.h>

#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/asked_app.hpp"
#include "http/render/tail_events.hpp"
#include "messages/read_number.hpp"

namespace parseflow::http {

namespace {

constexpr std::uint32_t usual_earlier_lines = 100, max_earlier_lines = 10'000;

// The place is where a page marks the mistake.
void refuse_query(httplib::Response& response, const lines::query_problem& why) {
  const auto sentence =
      fmt::format("The query cannot be read at character {}. {}", why.place + 1, why.sentence);
  set_json(response, json_text({{"error", "bad_query"}, {"message", sentence}, {"place", why.place}}));
  response.status = 400;
}

// Which apps this reader gets lines of; none: of every app. Nothing if it has answered.
std::optional<std::vector<std::string>> apps_for(exchange& current) {
  if (parameter(current.request, "app").empty())
    return current.who().apps;
  auto app = asked_app(current);
  return app ? std::optional{std::vector{*std::move(app)}} : std::nullopt;
}

// False if it has answered.
bool read_place(exchange& current, tail_wish& wish) {
  const auto& request = current.request;
  // What a browser's EventSource sends when it connects again is newer than what its URL says.
  const auto after = request.has_header("Last-Event-ID") ? request.get_header_value("Last-Event-ID")
                                                         : parameter(request, "after");
  if (!after.empty() && !(wish.after = lines::read_line_id(after))) {
    set_error(current.response, 400, "bad_after",
              "after, or Last-Event-ID, must be the id of an event of this stream.");
    return false;
  }
  const auto earlier = parameter(request, "lines");
  const auto number =
      earlier.empty() ? std::optional{usual_earlier_lines} : read_number<std::uint32_t>(earlier);
  if (!number || *number > max_earlier_lines) {
    set_error(current.response, 400, "bad_lines",
              fmt::format("lines must be a number from 0 to {}: how many earlier lines come first.",
                          max_earlier_lines));
    return false;
  }
  wish.earlier_lines = *number;
  return true;
}

} // namespace

void get_tail(exchange& current, pipeline_client& boxes) {
  const auto& request = current.request;
  auto& response = current.response;
  if (!has_only_parameters(request, {"app", "q", "lines", "after"}, response))
    return;
  tail_wish wish;
  wish.filter.text = parameter(request, "q");
  auto wanted = lines::parse_query(wish.filter.text);
  if (!wanted)
    return refuse_query(response, wanted.error());
  wish.filter.wanted = std::make_shared<const lines::query_node>(*std::move(wanted));
  auto apps = apps_for(current);
  if (!apps)
    return;
  wish.filter.apps = *std::move(apps);
  wish.filter.form = tail_events();
  if (!read_place(current, wish))
    return;
  if (!boxes.has_tails())
    return answer_busy(response);
  response.status = 200;
  response.set_header("Content-Type", "text/event-stream");
  // Proxies must pass on each event at once: neither keep it nor compress it.
  response.set_header("Cache-Control", "no-store, no-transform");
  response.set_header("X-Accel-Buffering", "no");
  response.set_header("X-Content-Type-Options", "nosniff");
  current.stream([&boxes, wish](const stream_slot& slot) {
    auto placed = wish;
    placed.slot = slot;
    boxes.begin_tail(std::move(placed));
  });
}

} // namespace parseflow::http
