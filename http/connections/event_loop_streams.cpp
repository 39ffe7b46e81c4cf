// Answers that are streams: their parts come by message, and go out as fast as each reader takes them.
#include <algorithm>
#include <memory>
#include <utility>

#include "http/connections/event_loop.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

void event_loop::begin_stream(client& who, pool_request& asked) {
  if (is_ending_)
    return refuse(who, 503, "The service is stopping.");
  if (shared_.streams.fetch_add(1) >= limits_.max_streams) {
    --shared_.streams;
    return refuse(who, 503,
                  "As many answers that do not end are open as the service gives: close another one.");
  }
  trust(who); // its handler has let it in
  who.closes = true;
  enter(who, client::state::streaming, limits_.stream_patience);
  who.output = std::move(asked.answer);
  who.sent = 0;
  const bool is_1_0 = asked.request.version == "HTTP/1.0";
  who.stream = std::make_unique<answer_stream>(is_1_0 ? answer_stream::framing::closed
                                                      : answer_stream::framing::chunked,
                                               std::exchange(asked.permit, {}));
  next_permit_check_ = std::min(next_permit_check_, now_ + permit_interval);
  asked.begins({streams_.handle(), ticket_of(who)});
}

// First all parts, then all writes: several parts of one stream are sent together.
void event_loop::add_parts(const stream_parts& parts) {
  for (const auto& part : parts.all) {
    auto* const who = find(part.stream);
    if (who == nullptr || who->now != client::state::streaming) {
      report(parts.from, {part.stream, 0, stream_reports::state::over});
    } else if (!who->stream->add(part, parts.from)) {
      log(log_level::error, "http", "a stream was cut because of a bug: its producer sent too much");
      close(*who);
    }
  }
  for (const auto& part : parts.all) {
    auto* const who = find(part.stream);
    if (who == nullptr || who->now != client::state::streaming || who->sent < who->output.size())
      continue;
    give_time(*who, limits_.stream_patience);
    advance(*who);
  }
}

bool event_loop::write_stream(client& who) {
  // The connection ends with the stream, so what else the client sends is not looked at.
  const auto got = fill(who);
  who.input.release();
  if (got == filled::ended) {
    close(who);
    return false;
  }
  auto& stream = *who.stream;
  if (who.sent == who.output.size()) {
    who.output.clear();
    who.sent = 0;
    if (!stream.fill(who.output)) {
      if (stream.is_complete()) {
        std::string{}.swap(who.output);
        forget_stream(who);
        after_answer(who);
        return true;
      }
      std::string{}.swap(who.output);
      give_time(who, stream_silence);
      return got == filled::some;
    }
  }
  const auto sent = who.socket.send(std::string_view{who.output}.substr(who.sent));
  if (sent.now == transferred::end::ended) {
    close(who);
    return false;
  }
  if (sent.bytes > 0)
    give_time(who, limits_.stream_patience);
  who.sent += sent.bytes;
  if (who.sent < who.output.size())
    return got == filled::some;
  stream.piece_taken();
  if (const auto taken = stream.take_report(); taken > 0)
    report(stream.producer(), {ticket_of(who), taken, stream_reports::state::goes_on});
  return true;
}

void event_loop::check_permits() {
  if (now_ < next_permit_check_)
    return;
  next_permit_check_ = clock::time_point::max();
  for (const auto& who : clients_) {
    if (!who || who->now != client::state::streaming)
      continue;
    if (who->stream->is_permitted())
      next_permit_check_ = now_ + permit_interval;
    else
      close(*who);
  }
}

void event_loop::give_time(client& who, std::chrono::milliseconds span) {
  who.deadline = now_ + span;
  next_check_ = std::min(next_check_, who.deadline);
}

void event_loop::ask_to_end(client& who) {
  if (!who.stream->producer())
    return close(who);
  report(who.stream->producer(), {ticket_of(who), 0, stream_reports::state::ending});
}

// The producer of a complete stream knows that it is over.
void event_loop::forget_stream(client& who) {
  const auto stream = std::move(who.stream);
  if (!stream)
    return;
  --shared_.streams;
  if (stream->producer() && !stream->is_complete())
    report(stream->producer(), {ticket_of(who), 0, stream_reports::state::over});
}

void event_loop::report(const stream_producer_actor& producer, const stream_reports::report& news) {
  auto known =
      std::find_if(reports_.begin(), reports_.end(), [&](const auto& one) { return one.first == producer; });
  if (known == reports_.end())
    known = reports_.insert(reports_.end(), {producer, {}});
  known->second.all.push_back(news);
}

void event_loop::send_reports() {
  for (auto& [producer, news] : std::exchange(reports_, {}))
    caf::anon_send(producer, std::move(news));
}

} // namespace parseflow::http
