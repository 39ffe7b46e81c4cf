// A request arrives: PROXY header, TLS handshake, head, body.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "http/connections/event_loop.hpp"
#include "http/connections/proxy_header.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

using state = client::state;
using form = announced_body::form;

// How much of a body must arrive in each `connection_limits::rate_interval`.
constexpr std::uint64_t least_interval_bytes = 5 * 1024;
// Empty lines that are skipped before a request.
constexpr std::uint8_t max_empty_lines = 8;
// The most that is received in one step.
constexpr std::size_t max_step_bytes = 256 * 1024;

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
      std::make_shared<pool_request>(head, who.address, limits_.proxies, who.socket.is_tls());
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
  const auto& drain = who.request->drain;
  who.request->body.emplace(head.body, max_bytes, into, shared_.bodies,
                            drain && !drain->sender.empty() ? shared_.bodies.tenant_of(drain->sender)
                                                            : nullptr);
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

} // namespace parseflow::http
