#include "http/endpoints/drain.hpp"

#include <algorithm>

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

drain_endpoint::drain_endpoint(const settings& configuration, drain_register& drains,
                               anonymous without_drains, std::function<void()> on_no_room)
    : settings_(configuration.http), drains_(drains), without_drains_(without_drains),
      on_no_room_(std::move(on_no_room)),
      redactor_(std::make_shared<logplex::redactor>(configuration.redaction)) {}

drain_step drain_endpoint::begin(const drain_arrival& arrival, drain_request& request,
                                 httplib::Response& response, bool& is_trusted) {
  const auto& head = arrival.head;
  std::shared_ptr<const known_drain> who; // null: anonymous
  if (const auto step = identify(arrival, who, response); step != drain_step::goes_on)
    return step;
  is_trusted = true;
  const auto app = who ? app_for(head, *who) : "";
  request.sender = who ? who->id : "";
  if (head.body.kind == announced_body::form::none) {
    set_error(response, 411, "length_required", "Content-Length or Transfer-Encoding: chunked is needed.");
    return drain_step::answered;
  }
  if (head.body.bytes > settings_.max_body_bytes) {
    warn(arrival.from, "refused a body above http.max-body-bytes", app);
    answer_too_large(response);
    return drain_step::answered;
  }
  if (!is_drain_type(head.value("Content-Type"))) {
    set_error(response, 415, "unsupported_type", "The body must be application/logplex-1 or text/plain.");
    return drain_step::answered;
  }
  request.coding = coding_of(head);
  if (request.coding == content_coding::other) {
    set_error(response, 415, "unsupported_coding", "The body must be compressed with gzip, or not at all.");
    return drain_step::answered;
  }
  auto facts = read_frame_head(head, app);
  if (!facts) {
    set_error(response, 400, "bad_header", facts.error().sentence);
    return drain_step::answered;
  }
  *request.content = std::move(facts->facts);
  request.is_request_id = facts->is_request_id;
  request.content->received_at = system_time();
  request.is_drain = has_drain_headers(head);
  if (who && !label(arrival, *who, *request.content, response))
    return drain_step::answered;
  return drain_step::goes_on;
}

// Whose request this is.
drain_step drain_endpoint::identify(const drain_arrival& arrival, std::shared_ptr<const known_drain>& who,
                                    httplib::Response& response) {
  const auto& head = arrival.head;
  const auto given = basic_credentials_in(head.value("Authorization"));
  if (given) {
    auto found = drains_.find(*given, arrival.at, system_time());
    if (found.what == drain_register::answer::known) {
      who = std::move(found.who);
      return drain_step::goes_on;
    }
    if (found.what == drain_register::answer::hash)
      return drain_step::check;
    if (found.what == drain_register::answer::wait) {
      if (!arrival.is_last_look)
        return drain_step::wait;
      // Not 401, after which the sender would drop the lines: nobody knows that these are wrong.
      answer_overloaded(response, "The registry of drains cannot be read now: send the lines again.");
      return drain_step::answered;
    }
  }
  if (drains_.is_empty() && without_drains_ != anonymous::nobody)
    return admit_anonymous(head, response) ? drain_step::goes_on : drain_step::answered;
  // Log only registered users: a sender may have put a password in the user's place.
  const bool is_user = given && drains_.has_user(given->user);
  wrong_credentials_.count(arrival.from, is_user ? given->user : "");
  set_error(response, 401, "unauthorized",
            "Drain credentials are needed: https://USER:PASSWORD@HOST/logdrains, registered by "
            "parseflow drains add, or in PARSEFLOW_DRAINS.");
  response.set_header("WWW-Authenticate", "Basic realm=\"parseflow drains\"");
  return drain_step::answered;
}

bool drain_endpoint::admit_anonymous(const request_head& head, httplib::Response& response) const {
  if (without_drains_ == anonymous::anyone || is_local_request(head.host, head.find("Origin"), {}))
    return true;
  answer_not_local(response);
  return false;
}

void drain_endpoint::check(const std::string& authorization) {
  if (const auto given = basic_credentials_in(authorization))
    drains_.check(*given);
}

// Makes the drain of the frame's key the one that has shown its credentials: what one drain sends is never
// taken for what another one has sent, whatever token it shows. False if the token is another drain's.
bool drain_endpoint::label(const drain_arrival& arrival, const known_drain& who, frame& content,
                           httplib::Response& response) {
  auto token = drain_token(arrival.head);
  if (!token.empty())
    switch (drains_.show(token, who, content.received_at)) {
    case drain_register::token_is::own:
      break;
    case drain_register::token_is::one_too_many:
      warn(arrival.from, "a drain shows more tokens than are told apart: the others count as one", who.user);
      token.clear();
      break;
    case drain_register::token_is::foreign:
      warn(arrival.from, "refused a drain: its token belongs to another drain", who.user);
      set_error(response, 403, "foreign_token",
                "This Logplex-Drain-Token belongs to another drain: each needs credentials of its own.");
      return false;
    }
  content.key.drain = key_drain(token, who.id, who.has_old_keys ? content.app : "");
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
  redactor()->redact_body(content.body, content.mode);
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

void drain_endpoint::take_up(const logplex::redaction_settings& redaction) {
  auto fresh = std::make_shared<logplex::redactor>(redaction);
  const std::lock_guard guard{mutex_};
  redactor_ = std::move(fresh);
}

std::shared_ptr<const logplex::redactor> drain_endpoint::redactor() {
  const std::lock_guard guard{mutex_};
  return redactor_;
}

void drain_endpoint::answer_no_room(httplib::Response& response, std::string_view why) {
  on_no_room_();
  answer_overloaded(response, why);
}

// A drain of several apps says in its URL which one it is; another one's label is ignored.
std::string drain_endpoint::app_for(const request_head& head, const known_drain& who) {
  const auto label = parameter_in(head.query, "app").value_or("");
  const bool is_own = std::find(who.apps.begin(), who.apps.end(), label) != who.apps.end();
  const auto& app = is_own ? label : who.apps.front();
  if (!label.empty() && !is_own)
    warn_of_label(label, who, app);
  return app;
}

// Two drains with the credentials of one app count as one app; the operator who labels them should know.
void drain_endpoint::warn_of_label(const std::string& label, const known_drain& who, const std::string& app) {
  constexpr std::size_t max_labelled = 1'000;
  {
    const std::lock_guard guard{mutex_};
    if (labelled_.size() >= max_labelled || !labelled_.insert(who.user).second)
      return;
  }
  log(log_level::warn, "http", "?app= is ignored: lines count for the app of the credentials",
      {{"user", who.user}, {"app", app}, {"ignored", label.substr(0, max_name_bytes)}});
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
