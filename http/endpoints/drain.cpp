#include "http/endpoints/drain.hpp"

#include <fmt/format.h>

#include "http/access/local_request.hpp"
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

drain_endpoint::drain_endpoint(const settings& configuration, bool is_local, std::function<void()> on_no_room)
    : settings_(configuration.http), is_local_(is_local), on_no_room_(std::move(on_no_room)),
      drains_(configuration.http.drains), redactor_(configuration.redaction) {}

bool drain_endpoint::begin(const request_head& head, const ip_address& from, drain_request& request,
                           httplib::Response& response, bool& is_trusted) {
  if (is_local_ && !is_local_request(head.host, head.find("Origin"), {})) {
    answer_not_local(response);
    return false;
  }
  std::string app;
  if (!drains_.is_open() && !is_known(head, from, app, request.sender, response))
    return false;
  is_trusted = true;
  if (head.body.kind == announced_body::form::none) {
    set_error(response, 411, "length_required", "Content-Length or Transfer-Encoding: chunked is needed.");
    return false;
  }
  if (head.body.bytes > settings_.max_body_bytes) {
    warn(from, "refused a body above http.max-body-bytes", app);
    answer_too_large(response);
    return false;
  }
  if (!is_drain_type(head.value("Content-Type"))) {
    set_error(response, 415, "unsupported_type", "The body must be application/logplex-1 or text/plain.");
    return false;
  }
  request.coding = coding_of(head);
  if (request.coding == content_coding::other) {
    set_error(response, 415, "unsupported_coding", "The body must be compressed with gzip, or not at all.");
    return false;
  }
  auto facts = read_frame_head(head, app);
  if (!facts) {
    set_error(response, 400, "bad_header", facts.error().sentence);
    return false;
  }
  *request.content = std::move(facts->facts);
  request.is_request_id = facts->is_request_id;
  request.content->received_at = system_time();
  request.is_drain = has_drain_headers(head);
  return true;
}

bool drain_endpoint::is_known(const request_head& head, const ip_address& from, std::string& app,
                              std::string& sender, httplib::Response& response) {
  const auto given = basic_credentials_in(head.value("Authorization"));
  auto registered = given ? drains_.app_of(*given) : std::nullopt;
  if (!registered) {
    // Log only registered users: a sender may have put a password in the user's place.
    const bool is_user = given && drains_.has_user(given->user);
    wrong_credentials_.count(from, is_user ? given->user : "");
    set_error(response, 401, "unauthorized",
              "Drain credentials are needed: https://USER:PASSWORD@HOST/logdrains, "
              "registered in PARSEFLOW_DRAINS.");
    response.set_header("WWW-Authenticate", "Basic realm=\"parseflow drains\"");
    return false;
  }
  app = std::move(*registered);
  sender = given->user;
  warn_of_label(head, given->user, app);
  return true;
}

void drain_endpoint::answer_too_large(httplib::Response& response) const {
  set_error(response, 413, "body_too_large",
            fmt::format("The body must be at most {} bytes long, even when inflated (http.max-body-bytes).",
                        settings_.max_body_bytes));
}

void drain_endpoint::refuse_body(body_end how, const drain_request& request, httplib::Response& response) {
  const auto arrived = request.content->body.size();
  switch (how) {
  case body_end::complete:
    return;
  case body_end::cut_off:
    return set_error(
        response, 400, "body_cut_off",
        request.announced.kind == announced_body::form::sized
            ? fmt::format("The body ended after {} of {} bytes.", arrived, request.announced.bytes)
            : fmt::format("The body ended after {} bytes, before its last chunk.", arrived));
  case body_end::too_slow:
    response.status = 408;
    return complete_error(response);
  case body_end::too_large:
    return answer_too_large(response);
  case body_end::damaged:
    return set_error(response, 400, "damaged_chunks",
                     fmt::format("The chunks of the body are malformed after {} bytes.", arrived));
  case body_end::no_room:
    return answer_overloaded(response, "Too many bodies are being received: try again.");
  }
}

bool drain_endpoint::prepare(drain_request& request, httplib::Response& response) {
  auto& content = *request.content;
  if (request.coding == content_coding::gzip && !inflate(content.body, response))
    return false;
  if (content.body.empty() && !request.is_drain) {
    set_error(response, 400, "no_drain_request",
              "There is neither a body nor a header of a log drain: post log lines as the body.");
    return false;
  }
  if (content.body.empty() && content.announced_lines == 0) {
    response.status = 204;
    return false;
  }
  if (request.is_request_id)
    content.key.id = id_with_body(content.key.id, content.body);
  logplex::remove_printed_colours(content.body);
  redactor_.redact_body(content.body, content.mode);
  return true;
}

bool drain_endpoint::inflate(std::string& body, httplib::Response& response) const {
  std::string plain;
  switch (inflate_gzip(body, settings_.max_body_bytes, plain)) {
  case inflate_end::complete:
    body = std::move(plain);
    body.shrink_to_fit();
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

void drain_endpoint::answer(std::optional<verdict> given, httplib::Response& response) {
  if (!given)
    return answer_no_room(response, "The lines were not durable in time: send them again.");
  switch (*given) {
  case verdict::stored:
  case verdict::duplicate:
    response.status = 204;
    return;
  case verdict::overloaded:
    return answer_no_room(response, "There is no room for more lines: send them again.");
  case verdict::stopping:
    return answer_overloaded(response, "The service is stopping: send the lines again.");
  }
}

void drain_endpoint::answer_no_room(httplib::Response& response, std::string_view why) {
  on_no_room_();
  answer_overloaded(response, why);
}

// Two drains with the credentials of one app count as one app; the operator who labels them should know.
void drain_endpoint::warn_of_label(const request_head& head, const std::string& user,
                                   const std::string& app) {
  const auto label = parameter_in(head.query, "app").value_or("");
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
void drain_endpoint::warn(const ip_address& from, std::string_view sentence, std::string_view user) {
  {
    const std::lock_guard guard{mutex_};
    if (warnings_.take(from.text(), std::chrono::steady_clock::now()))
      return;
  }
  log(log_level::warn, "http", sentence, {{"peer", from.text()}, {"user", std::string{user}}});
}

} // namespace parseflow::http
