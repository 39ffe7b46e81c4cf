// Checks a drain request, reads its body within the budget, and waits for the verdict.
#include "http/endpoints/drain.hpp"

#include <fmt/format.h>

#include "http/body/gzip.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/drain_headers.hpp"
#include "messages/logplex/colour_codes.hpp"
#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow::http {

namespace {

// Logplex ignores this and comes back at once; other senders wait a moment.
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
  if (!head)
    return set_error(current.response, 400, "bad_header", head.error().sentence);
  auto& content = head->facts;
  content.received_at = system_time();

  byte_budget::share share{pending_};
  if (!take_body(current, content.body, share, deadline))
    return;
  if (content.body.empty()) {
    if (!has_drain_headers(current.request))
      return set_error(current.response, 400, "no_drain_request",
                       "There is neither a body nor a header of a log drain: post log lines as the body.");
    if (content.announced_lines == 0) {
      current.response.status = 204;
      return;
    }
  }
  if (head->is_request_id)
    content.key.id = id_with_body(content.key.id, content.body);
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
      // Log only registered users: a sender may have put a password in the user's place.
      const bool is_user = given && drains_.has_user(given->user);
      warn(current, "refused a drain: wrong or missing credentials", is_user ? given->user : "");
      set_error(response, 401, "unauthorized",
                "Drain credentials are needed: https://USER:PASSWORD@HOST/logdrains, "
                "registered in PARSEFLOW_DRAINS.");
      response.set_header("WWW-Authenticate", "Basic realm=\"parseflow drains\"");
      return false;
    }
    app = std::move(*registered);
    warn_of_label(current, given->user, app);
  }
  current.trust();
  if (current.announced().bytes > settings_.max_body_bytes) {
    warn(current, "refused a body above http.max-body-bytes", app);
    answer_too_large(response);
    return false;
  }
  if (!is_drain_type(current.request.get_header_value("Content-Type"))) {
    set_error(response, 415, "unsupported_type", "The body must be application/logplex-1 or text/plain.");
    return false;
  }
  if (coding_of(current.request) == content_coding::other) {
    set_error(response, 415, "unsupported_coding", "The body must be compressed with gzip, or not at all.");
    return false;
  }
  return true;
}

void drain_endpoint::answer_too_large(httplib::Response& response) const {
  set_error(response, 413, "body_too_large",
            fmt::format("The body must be at most {} bytes long, even when inflated (http.max-body-bytes).",
                        settings_.max_body_bytes));
}

bool drain_endpoint::take_body(exchange& current, std::string& into, byte_budget::share& share,
                               connection::clock::time_point deadline) {
  auto& response = current.response;
  const auto has_room = [&](std::uint64_t bytes) { return share.grow_to(bytes, deadline); };
  switch (current.read_body(into, settings_.max_body_bytes, has_room)) {
  case body_end::complete:
    return coding_of(current.request) == content_coding::none || inflate(current, into, share, deadline);
  case body_end::cut_off:
    set_error(
        response, 400, "body_cut_off",
        current.announced().kind == announced_body::form::sized
            ? fmt::format("The body ended after {} of {} bytes.", into.size(), current.announced().bytes)
            : fmt::format("The body ended after {} bytes, before its last chunk.", into.size()));
    return false;
  case body_end::too_slow:
    response.status = 408;
    complete_error(response);
    return false;
  case body_end::too_large:
    answer_too_large(response);
    return false;
  case body_end::damaged:
    set_error(response, 400, "damaged_chunks",
              fmt::format("The chunks of the body are malformed after {} bytes.", into.size()));
    return false;
  case body_end::no_room:
    answer_overloaded(response, "Too many bodies are being received: try again.");
    return false;
  }
  return false;
}

bool drain_endpoint::inflate(exchange& current, std::string& body, byte_budget::share& share,
                             connection::clock::time_point deadline) {
  auto& response = current.response;
  // Reserve the largest size: the real one is known only after inflating.
  if (!share.grow_to(body.size() + settings_.max_body_bytes, deadline)) {
    answer_overloaded(response, "Too many bodies are being received: try again.");
    return false;
  }
  std::string plain;
  switch (inflate_gzip(body, settings_.max_body_bytes, plain)) {
  case inflate_end::complete:
    body = std::move(plain);
    body.shrink_to_fit();
    share.shrink_to(body.size());
    return true;
  case inflate_end::damaged:
    set_error(response, 400, "damaged_gzip",
              "The body is announced as gzip, but it is not complete and valid gzip.");
    return false;
  case inflate_end::too_large:
    answer_too_large(response);
    return false;
  }
  return false;
}

void drain_endpoint::submit(exchange& current, frame content, connection::clock::time_point deadline) {
  auto answer = std::make_shared<std::promise<verdict>>();
  auto outcome = answer->get_future();
  caf::anon_send(
      entry_, submission{std::make_shared<const frame>(std::move(content)), verdict_slot{std::move(answer)}});
  // If the receiver dies and drops the promise, the future becomes ready, and `get` throws a future_error.
  if (outcome.wait_until(deadline + verdict_grace) != std::future_status::ready)
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

// Two drains with the credentials of one app count as one app; the operator who labels them should know.
void drain_endpoint::warn_of_label(const exchange& current, const std::string& user, const std::string& app) {
  const auto label = current.request.get_param_value("app");
  if (label.empty() || label == app)
    return;
  {
    const std::lock_guard guard{mutex_};
    if (!labelled_.insert(user).second)
      return;
  }
  log(log_level::warn, "http", "?app= is ignored: lines count for the app of the credentials",
      {{"user", user}, {"app", app}, {"ignored", label.substr(0, max_name_bytes)}});
}

// Senders repeat their requests; one warning a minute per address is enough.
void drain_endpoint::warn(const exchange& current, std::string_view sentence, std::string_view user) {
  {
    const std::lock_guard guard{mutex_};
    if (warnings_.take(current.peer(), connection::clock::now()))
      return;
  }
  log(log_level::warn, "http", sentence, {{"peer", current.peer()}, {"user", std::string{user}}});
}

} // namespace parseflow::http
