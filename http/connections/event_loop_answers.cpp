// A request has arrived: verdict or pool, answer, and what is left of the body.
#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "http/connections/event_loop.hpp"
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
// Larger bodies are prepared by the pool: a loop must not be held for milliseconds. Compressed ones can hold
// a thousand times their size.
constexpr std::size_t max_plain_bytes_here = 256 * 1024;
constexpr std::size_t max_packed_bytes_here = 2 * 1024;

// How often it is asked whether a round has time for more verdicts.
constexpr std::size_t verdicts_between_looks = 16;

constexpr std::string_view no_content = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr std::string_view last_no_content = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

} // namespace

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
  submitted_.all.push_back(
      {std::move(request.drain->content), verdict_slot{verdicts_.handle(), ticket_of(who)}});
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
        if (asked->begins)
          return begin_stream(asker, *asked);
        asker.closes = asker.closes || asked->closes;
        answer(asker, std::move(asked->answer));
      });
}

// A group may have thousands of verdicts: what a round has no time for is first in the next one.
void event_loop::settle_all(const caf::message& given, std::size_t from) {
  const auto& all = given.get_as<verdicts>(0).all;
  for (auto at = from; at < all.size(); ++at) {
    if (at % verdicts_between_looks == 0 && at > from && is_over(round_length / 2)) {
      tasks_.emplace_front([this, given, at] { settle_all(given, at); });
      return;
    }
    if (auto* const who = find(all[at].request); who != nullptr && who->now == state::parked) {
      settle(*who, all[at].given);
      advance(*who);
    }
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
