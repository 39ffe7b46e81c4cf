// The checks of a drain request, its body within the budget, and the wait for the verdict.
#include "http/drain_endpoint.hpp"

#include <fmt/format.h>

#include "http/drain_headers.hpp"
#include "http/reply.hpp"
#include "messages/logplex/colour_codes.hpp"
#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow::http {

namespace {

// Logplex comes back at once whatever it is told; others wait a moment.
constexpr std::chrono::seconds retry_after{1};

void answer_overloaded(httplib::Response& response, std::string_view why) {
  set_error(response, 503, "overloaded", why);
  set_retry_after(response, retry_after);
}

} // namespace

drain_endpoint::drain_endpoint(const settings& configuration, entry_actor entry,
                               std::function<void()> on_no_room)
    : settings_(configuration.http), hold_(configuration.receiver.hold), entry_(std::move(entry)),
      on_no_room_(std::move(on_no_room)), drains_(configuration.http.drains),
      redactor_(configuration.redaction), pending_(configuration.http.max_pending_body_bytes) {}

void drain_endpoint::post(exchange& current) {
  const auto deadline = connection::clock::now() + hold_;
  std::string app;
  if (!is_acceptable(current, app))
    return;
  auto head = read_frame_head(current.request, app);
  if (!head.problem.empty())
    return set_error(current.response, 400, "bad_header", head.problem);
  auto& content = head.facts;
  content.received_at = system_time();

  const auto bytes = current.announced().bytes;
  if (bytes == 0) {
    if (!has_drain_headers(current.request))
      return set_error(current.response, 400, "no_drain_request",
                       "There is neither a body nor a header of a log drain: post log lines as the body.");
    if (content.announced_lines == 0) {
      current.response.status = 204;
      return;
    }
  }
  const auto share = pending_.take(bytes, deadline);
  if (!share)
    return answer_overloaded(current.response, "Too many bodies are under way: try again.");
  if (!take_body(current, content))
    return;
  logplex::remove_printed_colours(content.body);
  redactor_.redact_body(content.body, content.mode);
  submit(current, std::move(content), deadline);
}

bool drain_endpoint::is_acceptable(exchange& current, std::string& app) {
  auto& response = current.response;
  if (!drains_.is_open()) {
    const auto given = basic_credentials_in(current.request.get_header_value("Authorization"));
    auto registered = given ? drains_.app_of(*given) : std::nullopt;
    if (!registered) {
      warn(current, "refused a drain: wrong or missing credentials", given ? given->user : "");
      set_error(response, 401, "unauthorized",
                "Drain credentials are needed: https://USER:PASSWORD@HOST/logdrains, registered in "
                "PARSEFLOW_DRAINS.");
      response.set_header("WWW-Authenticate", "Basic realm=\"parseflow drains\"");
      return false;
    }
    app = std::move(*registered);
  }
  if (current.announced().bytes > settings_.max_body_bytes) {
    warn(current, "refused a body above http.max-body-bytes", app);
    set_error(response, 413, "body_too_large",
              fmt::format("The body must be at most {} bytes long (http.max-body-bytes).",
                          settings_.max_body_bytes));
    return false;
  }
  if (const auto coding = current.request.get_header_value("Content-Encoding");
      (!coding.empty() && coding != "identity") ||
      !is_drain_type(current.request.get_header_value("Content-Type"))) {
    set_error(response, 415, "unsupported_type",
              "The body must be application/logplex-1 or text/plain, and not compressed.");
    return false;
  }
  return true;
}

bool drain_endpoint::take_body(exchange& current, frame& into) {
  switch (current.read_body(into.body)) {
  case body_end::complete:
    return true;
  case body_end::cut_off:
    set_error(
        current.response, 400, "body_cut_off",
        fmt::format("The body ended after {} of {} bytes.", into.body.size(), current.announced().bytes));
    return false;
  case body_end::too_slow:
    current.response.status = 408;
    complete_error(current.response);
    return false;
  }
  return false;
}

void drain_endpoint::submit(exchange& current, frame content, connection::clock::time_point deadline) {
  auto answer = std::make_shared<std::promise<verdict>>();
  auto outcome = answer->get_future();
  caf::anon_send(
      entry_, submission{std::make_shared<const frame>(std::move(content)), verdict_slot{std::move(answer)}});
  // A promise that is dropped with its receiver is answered as one that nobody keeps.
  if (outcome.wait_until(deadline + verdict_slack) != std::future_status::ready)
    return answer_no_room(current.response, "The lines were not durable in time: send them again.");
  try {
    switch (outcome.get()) {
    case verdict::stored:
    case verdict::duplicate:
      current.response.status = 204;
      return;
    case verdict::overloaded:
      return answer_no_room(current.response, "There is no room for more lines: send them again.");
    case verdict::stopping:
      return answer_overloaded(current.response, "The service is stopping: send the lines again.");
    }
  } catch (const std::future_error&) {
    answer_overloaded(current.response, "The lines were not taken in: send them again.");
  }
}

void drain_endpoint::answer_no_room(httplib::Response& response, std::string_view why) {
  on_no_room_();
  answer_overloaded(response, why);
}

// Senders repeat themselves: once a minute per address is enough for a person.
void drain_endpoint::warn(const exchange& current, std::string_view sentence, std::string_view user) {
  {
    const std::lock_guard guard{mutex_};
    if (warnings_.take(current.peer(), connection::clock::now()))
      return;
  }
  log(log_level::warn, "http", sentence, {{"peer", current.peer()}, {"user", std::string{user}}});
}

} // namespace parseflow::http
