// The course of a request through a loop: head, body, verdict or pool, answer.
#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <utility>

#include "http/connections/event_loop.hpp"
#include "http/connections/proxy_header.hpp"
#include "http/connections/reply.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

using state = client::state;
using form = announced_body::form;

// How long a client may take to read an answer.
constexpr std::chrono::seconds write_timeout{10};
// How long to read on after our FIN: closing a socket with unread bytes would reset the connection, and the
// client would lose its answer.
constexpr std::chrono::seconds end_grace{1};
// How long a stranger may go on sending a body that no handler reads.
constexpr std::chrono::seconds stranger_timeout{1};
// How much of a body must arrive in each `connection_limits::rate_interval`.
constexpr std::uint64_t least_interval_bytes = 5 * 1024;
// Empty lines that are skipped before a request.
constexpr std::uint8_t max_empty_lines = 8;
// The most that is received in one step.
constexpr std::size_t max_step_bytes = 256 * 1024;
// Larger bodies are prepared by the pool: a loop must not be held for milliseconds. Compressed ones can hold
// a thousand times their size.
constexpr std::size_t max_plain_bytes_here = 256 * 1024;
constexpr std::size_t max_packed_bytes_here = 2 * 1024;

constexpr std::string_view no_content = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view last_no_content =
    "HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

bool must_have_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

} // namespace

event_loop::filled event_loop::fill(client& who) {
  if (!who.may_read)
    return filled::none;
  auto* const to = who.input.room();
  const auto size = who.input.room_bytes();
  const auto got = who.socket.receive(to, size);
  who.input.add(got.bytes);
  if (got.now == transferred::end::ended)
    return filled::ended;
  // The end of input has no event of its own.
  who.may_read = got.now == transferred::end::some || who.has_hung_up;
  return got.bytes > 0 ? filled::some : filled::none;
}

// The header is taken to its last byte: a TLS handshake may follow.
bool event_loop::take_proxy_header(client& who) {
  std::array<char, max_proxy_header_bytes> bytes;
  const auto seen = who.socket.peek(bytes.data(), bytes.size());
  const auto found = read_proxy_header({bytes.data(), seen.bytes});
  if (found.now == proxy_header::end::incomplete && seen.now != transferred::end::ended)
    return false;
  if (found.now != proxy_header::end::complete) {
    if (seen.bytes > 0 && now_ - header_logged_at_ >= std::chrono::minutes{1}) {
      header_logged_at_ = now_;
      log(log_level::warn, "http",
          "a trusted proxy's connection was closed: it does not begin with a PROXY header (http.proxy-protocol)",
          {{"proxy", who.address.text()}});
    }
    close(who);
    return false;
  }
  who.socket.receive(bytes.data(), found.size);
  if (found.client) {
    who.address = *found.client;
    who.is_counted = !who.address.is_loopback() && shared_.strangers_by_address.enter(who.address);
    if (!who.is_counted && !who.address.is_loopback()) {
      close(who);
      return false;
    }
  }
  begin_talk(who);
  return true;
}

bool event_loop::shake_hands(client& who) {
  switch (who.socket.shake_hands()) {
  case transferred::end::some:
    who.may_read = true; // bytes behind the handshake may be in the session already
    enter(who, state::head, limits_.read_timeout);
    return true;
  case transferred::end::blocked:
    return false;
  case transferred::end::ended:
    close(who);
    return false;
  }
  return false;
}

bool event_loop::take_head(client& who) {
  for (;;) {
    // Empty lines before a request must be ignored (RFC 9112, 2.2).
    while (who.input.bytes().starts_with("\r\n")) {
      who.input.drop(2);
      if (++who.empty_lines > max_empty_lines) {
        close(who);
        return false;
      }
    }
    const auto bytes = who.input.bytes();
    // The first byte starts the clock. Some senders end a body with an empty line; that is no request yet.
    if (!who.has_started && (!bytes.empty() || (who.empty_lines > 0 && !who.is_trusted))) {
      who.has_started = true;
      who.deadline = now_ + limits_.read_timeout;
      next_check_ = std::min(next_check_, who.deadline);
    }
    if (!bytes.empty() && bytes != "\r") {
      const auto found = scan_head(bytes, who.searched, head_);
      if (found.now == scanned_head::end::complete) {
        who.searched = 0;
        who.empty_lines = 0;
        begin(who, head_, found.size);
        return true;
      }
      if (found.now == scanned_head::end::refused) {
        refuse(who, found.why.status, found.why.sentence);
        return true;
      }
    }
    switch (fill(who)) {
    case filled::some:
      break;
    case filled::none:
      if (who.input.empty())
        who.input.release();
      return false;
    case filled::ended:
      close(who);
      return false;
    }
  }
}

void event_loop::begin(client& who, const request_head& head, std::size_t size) {
  who.serial = ++last_serial_;
  who.closes = head.closes || (head.body.kind == form::none && must_have_body(head.method));
  who.request = std::make_shared<open_request>();
  who.request->announced = head.body;
  const auto plan = shared_.handlers.plan(head);
  if (plan.through == request_plan::way::drain)
    return begin_drain(who, head, size);
  who.request->pooled =
      std::make_shared<pool_request>(head, limits_.proxies.client_of(head, who.address), who.socket.is_tls());
  auto& asked = *who.request->pooled;
  asked.is_trusted = who.is_trusted;
  if (plan.max_body_bytes > 0 && head.body.kind != form::none)
    expect_body(who, head, plan.max_body_bytes, asked.request.body);
  else
    work_on(who);
  who.input.drop(size);
}

void event_loop::begin_drain(client& who, const request_head& head, std::size_t size) {
  who.request->drain = std::make_unique<drain_request>();
  auto& request = *who.request->drain;
  request.announced = head.body;
  httplib::Response response;
  bool is_trusted = who.is_trusted;
  const auto from = limits_.proxies.client_of(head, who.address);
  const auto arrived = who.arrived.value_or(now_);
  const auto patience = arrived + shared_.handlers.hold;
  const drain_arrival arrival{head, from, arrived, is_ending_ || now_ >= patience};
  const auto step = shared_.handlers.drain->begin(arrival, request, response, is_trusted);
  if (step == drain_step::check || step == drain_step::wait) {
    who.arrived = arrived;
    if (step == drain_step::check)
      return check_credentials(who, head);
    return enter(who, state::held, std::chrono::ceil<std::chrono::milliseconds>(patience - now_));
  }
  who.arrived.reset();
  if (is_trusted)
    trust(who);
  if (step == drain_step::goes_on)
    expect_body(who, head, shared_.handlers.drain->max_body_bytes(), request.content->body);
  else
    answer(who, response);
  who.input.drop(size);
}

void event_loop::check_credentials(client& who, const request_head& head) {
  run_on_pool(
      who, state::checking,
      [this, authorization = std::string{head.value("Authorization")}] {
        shared_.handlers.drain->check(authorization);
      },
      [this](client& asker) { resume(asker); });
}

// The head is read once more.
void event_loop::resume(client& who) {
  who.request.reset();
  who.searched = 0;
  enter(who, state::head, limits_.read_timeout);
}

void event_loop::expect_body(client& who, const request_head& head, std::uint64_t max_bytes,
                             std::string& into) {
  const auto sender = who.request->drain ? who.request->drain->sender : std::string{};
  who.request->body.emplace(head.body, max_bytes, into, shared_.bodies,
                            sender.empty() ? nullptr : shared_.bodies.tenant_of(sender));
  const auto arrive_by = who.deadline;
  enter(who, state::body, limits_.rate_interval);
  who.deadline = std::min(who.deadline, arrive_by);
  who.arrive_by = arrive_by;
  who.taken_before = 0;
  if (head.expects_continue && who.request->body->now() == body_reader::state::reading)
    who.socket.send("HTTP/1.1 100 Continue\r\n\r\n"); // if it does not go, the client waits for nothing
}

// True if enough has arrived since the last look, or it is ours to make room: then there is another look.
bool event_loop::keeps_its_rate(client& who) {
  const auto taken = who.request->body->taken();
  if (now_ >= who.arrive_by || (!who.is_stalled && taken - who.taken_before < least_interval_bytes))
    return false;
  who.taken_before = taken;
  who.deadline = std::min(who.arrive_by, now_ + limits_.rate_interval);
  return true;
}

bool event_loop::take_body(client& who) {
  auto& body = *who.request->body;
  bool has_ended = false;
  if (!who.input.empty() || !who.may_read) {
    who.input.drop(body.feed(who.input.bytes()));
  } else {
    std::size_t size = 0;
    if (auto* const to = body.room(size)) {
      size = std::min(size, max_step_bytes);
      const auto got = who.socket.receive(to, size);
      body.received(got.bytes);
      has_ended = got.now == transferred::end::ended;
      who.may_read = got.now != transferred::end::blocked || who.has_hung_up;
    } else if (body.now() == body_reader::state::reading) {
      has_ended = fill(who) == filled::ended;
    }
  }
  switch (body.now()) {
  case body_reader::state::complete:
    return finish_body(who);
  case body_reader::state::no_room:
    if (!who.is_stalled && who.stalled_since == clock::time_point{})
      who.stalled_since = now_;
    if (now_ - who.stalled_since >= shared_.handlers.hold) {
      body_failed(who, body_end::no_room);
      return true;
    }
    stall(who);
    return false;
  case body_reader::state::too_large:
    body_failed(who, body_end::too_large);
    return true;
  case body_reader::state::damaged:
    body_failed(who, body_end::damaged);
    return true;
  case body_reader::state::reading:
    who.stalled_since = {};
    if (has_ended) {
      body_failed(who, body_end::cut_off);
      return true;
    }
    return !who.input.empty() || who.may_read;
  }
  return false;
}

// The body has arrived.
bool event_loop::finish_body(client& who) {
  auto& request = *who.request;
  if (request.pooled) {
    work_on(who);
    return who.now != state::working; // the pool had no room
  }
  const auto size = request.drain->content->body.size();
  const bool is_packed = request.drain->coding == content_coding::gzip;
  // What it inflates to is known only afterwards, so the largest size is reserved.
  if (is_packed && !request.body->reserve(size + shared_.handlers.drain->max_body_bytes())) {
    if (who.now != state::reserving) {
      who.now = state::reserving;
      who.stalled_since = now_;
    } else if (now_ - who.stalled_since >= shared_.handlers.hold) {
      body_failed(who, body_end::no_room);
      return true;
    }
    stall(who);
    return false;
  }
  struct outcome {
    bool is_whole = false;
    httplib::Response response;
  };
  if (size > (is_packed ? max_packed_bytes_here : max_plain_bytes_here)) {
    const auto found = std::make_shared<outcome>();
    return !run_on_pool(
        who, state::working,
        [this, found, what = who.request] {
          found->is_whole = shared_.handlers.drain->prepare(*what->drain, found->response);
        },
        [this, found](client& asker) { go_on_with_drain(asker, found->is_whole, found->response); });
  }
  httplib::Response response;
  const bool is_whole = shared_.handlers.drain->prepare(*request.drain, response);
  go_on_with_drain(who, is_whole, response);
  return true;
}

// Runs `work` on a thread of the pool, then `done` here unless the client has left. If the pool has no room, or
// the work fails, the request is refused. False if there was no room.
bool event_loop::run_on_pool(client& who, state during, std::function<void()> work,
                             std::function<void(client&)> done) {
  enter(who, during, limits_.read_timeout);
  const bool is_taken = shared_.pool.run(
      [this, during, work = std::move(work), done = std::move(done), ticket = ticket_of(who)] {
        bool has_failed = false;
        try {
          work();
        } catch (const std::exception& problem) {
          has_failed = true;
          log(log_level::error, "http", "a request failed because of a bug", {{"problem", problem.what()}});
        }
        inbox_.leave([this, during, done, ticket, has_failed] {
          auto* const asker = find(ticket);
          if (asker == nullptr || asker->now != during)
            return;
          if (has_failed)
            refuse(*asker, 500, {});
          else
            done(*asker);
          advance(*asker);
        });
      });
  if (!is_taken)
    refuse(who, 503, {});
  return is_taken;
}

void event_loop::go_on_with_drain(client& who, bool is_whole, const httplib::Response& response) {
  auto& request = *who.request;
  if (!is_whole)
    return answer(who, response);
  request.body->fit(request.drain->content->body.size());
  enter(who, state::parked, shared_.handlers.hold + verdict_grace);
  submitted_.all.push_back({std::move(request.drain->content), verdict_slot{sink_, ticket_of(who)}});
}

void event_loop::body_failed(client& who, body_end how) {
  auto& request = *who.request;
  request.body->trim();
  if (how == body_end::cut_off || how == body_end::damaged)
    who.closes = true;
  if (!request.drain)
    return refuse(who, how == body_end::too_slow ? 408 : how == body_end::too_large ? 413 : 400, {});
  httplib::Response response;
  shared_.handlers.drain->refuse_body(how, *request.drain, response);
  answer(who, response);
}

// Whether the connection can go on after the answer, and how much of the body must be dropped first.
void event_loop::decide_rest(client& who) {
  if (!who.request) {
    who.closes = true;
    return;
  }
  const auto& [announced, drain, pooled, body] = *who.request;
  const bool is_whole = body && body->now() == body_reader::state::complete;
  if (announced.kind == form::sized)
    who.to_drop = announced.bytes - std::min(announced.bytes, body ? body->taken() : 0);
  who.closes = who.closes || is_ending_ || (announced.kind == form::chunked && !is_whole) ||
               who.to_drop > limits_.max_discarded_bytes;
}

void event_loop::work_on(client& who) {
  decide_rest(who);
  const auto asked = who.request->pooled;
  asked->closes = who.closes;
  run_on_pool(
      who, state::working, [this, asked] { answer_request(*asked, shared_.handlers.answer); },
      [this, asked](client& asker) {
        if (asked->is_trusted)
          trust(asker);
        answer(asker, std::move(asked->answer));
      });
}

void event_loop::settle_all(const verdicts& given) {
  for (const auto& [request, how] : given.all)
    if (auto* const who = find(request); who != nullptr && who->now == state::parked) {
      settle(*who, how);
      advance(*who);
    }
}

void event_loop::settle(client& who, std::optional<verdict> given) {
  if (given == verdict::stored || given == verdict::duplicate) {
    decide_rest(who);
    return answer_no_content(who);
  }
  httplib::Response response;
  shared_.handlers.drain->answer(given, response);
  answer(who, response);
}

void event_loop::refuse(client& who, int status, std::string_view sentence) {
  httplib::Response response;
  response.status = status;
  complete_error(response, sentence);
  answer(who, response);
}

void event_loop::answer(client& who, const httplib::Response& response) {
  decide_rest(who);
  answer(who, text_of(response, false, who.closes));
}

// `write_out` sends it.
void event_loop::answer(client& who, std::string&& text) {
  enter(who, state::writing, write_timeout);
  who.output = std::move(text);
  who.sent = 0;
}

void event_loop::answer_no_content(client& who) {
  const auto text = who.closes ? last_no_content : no_content;
  enter(who, state::writing, write_timeout);
  const auto sent = who.socket.send(text); // without a copy
  if (sent.now == transferred::end::ended)
    return close(who);
  who.output.assign(text.substr(sent.bytes));
  who.sent = 0;
}

bool event_loop::write_out(client& who) {
  const auto left = std::string_view{who.output}.substr(who.sent);
  const auto sent = who.socket.send(left);
  if (sent.now == transferred::end::ended) {
    close(who);
    return false;
  }
  who.sent += sent.bytes;
  if (sent.now == transferred::end::blocked)
    return false;
  std::string{}.swap(who.output);
  after_answer(who);
  return true;
}

void event_loop::after_answer(client& who) {
  const bool has_more_chunks = !who.request || who.request->announced.kind == form::chunked;
  who.request.reset();
  who.searched = 0;
  if (!who.closes && !is_ending_) {
    if (who.to_drop == 0)
      return rest(who);
    // The rest of the body has the time that the request still has; a stranger's must not take long.
    enter(who, state::dropping, who.is_trusted ? limits_.read_timeout : stranger_timeout);
    return;
  }
  if (who.to_drop == 0 && !has_more_chunks && who.input.empty() && fill(who) != filled::some)
    return close(who);
  who.socket.end_sending();
  who.to_drop = limits_.max_discarded_bytes;
  enter(who, state::ending, end_grace);
}

bool event_loop::drop_body(client& who) {
  const auto here = std::min<std::uint64_t>(who.to_drop, who.input.bytes().size());
  who.input.drop(here);
  who.to_drop -= here;
  if (who.to_drop == 0) {
    rest(who);
    return true;
  }
  const auto got = fill(who);
  if (got == filled::ended)
    close(who);
  return got == filled::some;
}

bool event_loop::drop_until_end(client& who) {
  const auto here = who.input.bytes().size();
  who.input.drop(here);
  who.to_drop -= std::min<std::uint64_t>(who.to_drop, here);
  const auto got = who.to_drop > 0 ? fill(who) : filled::ended;
  if (got == filled::ended)
    close(who);
  return got == filled::some;
}

} // namespace parseflow::http
