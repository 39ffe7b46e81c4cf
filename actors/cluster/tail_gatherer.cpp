#include "actors/cluster/tail_gatherer.hpp"

#include <algorithm>

#include "actors/tail_hub.hpp"
#include "messages/answer_timeouts.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

namespace {

void report_to(const stream_producer_actor& producer, const stream_reports::report& news) {
  if (producer)
    caf::anon_send(producer, stream_reports{{news}});
}

} // namespace

tail_gatherer::tail_gatherer(self_pointer self, node_identity own, tail_source_actor hub, std::size_t nodes,
                             std::shared_ptr<const tail_form> form)
    : box_state(self), own_(std::move(own)), hub_(std::move(hub)),
      window_bytes_((stream_window_bytes - max_history_bytes - notices_bytes) /
                    std::max<std::size_t>(1, nodes)),
      form_(std::move(form)), record_form_(tail_record_form(form_)) {}

tail_gatherer::behavior_type tail_gatherer::make_behavior() {
  self_->delayed_send(self_, tick_interval, caf::tick_atom_v);
  return {
      [this](const tail_wish& wish) { let_in(wish); },
      [this](status_atom) {
        return tail_status{followers_.size(), lines_shown_, lines_skipped_};
      },
      [this](const stream_reports& news) {
        for (const auto& one : news.all)
          hear(one);
      },
      [this](const stream_parts& parts) { take_parts(parts); },
      [this](const membership& now) { take(now); },
      [this](const peer_tail& wish) { return serve(wish); },
      [this](const peer_lines& next) {
        if (!sources_.contains(next.stream))
          return;
        take(next.stream, next.records);
        if (next.is_last)
          close_source(next.stream, true);
      },
      [this](const peer_lines_taken& news) { hear_from(news); },
      [this](caf::tick_atom) { tick(); },
  };
}

void tail_gatherer::on_exit() {
  for (auto& [reader, who] : followers_)
    send(who, {}, 0, 0, true);
}

void tail_gatherer::let_in(const tail_wish& wish) {
  auto& who = followers_[wish.slot.stream];
  who.wish = wish;
  if (!wish.after && wish.earlier_lines > 0)
    who.history_ends = now() + history_patience;
  std::string text;
  form_->begin(text);
  send(who, std::move(text));
  say_nodes(who);
  open_sources(who);
}

// A node that was lost must wait until the reader has taken what it had sent: then its window is free again.
void tail_gatherer::open_sources(follower& who) {
  if (std::any_of(who.sent.begin(), who.sent.end(), [this](const follower::sent_text& one) {
        return one.source != 0 && !sources_.contains(one.source);
      }))
    return;
  if (!who.sources.contains(own_.node))
    open_source(who, own_.node, {});
  for (const auto& one : members_.live)
    if (!who.sources.contains(one.identity.node))
      open_source(who, one.identity.node, one.gateway);
}

void tail_gatherer::open_source(follower& who, const std::string& node, const peer_gateway_actor& gateway) {
  const auto stream = ++last_stream_;
  const auto last = who.last.find(node);
  const auto lost = who.lost.find(node);
  const bool is_back = lost != who.lost.end();
  tail_wish wish;
  wish.slot = {stream_sink_actor{self_}, stream};
  wish.filter = who.wish.filter;
  wish.filter.form = record_form_;
  wish.window_bytes = window_bytes_;
  wish.earlier_lines = is_back ? 0 : who.wish.earlier_lines;
  if (last != who.last.end()) {
    wish.after = last->second;
  } else if (who.wish.after) { // a line of any node
    wish.after = who.wish.after;
    wish.since = wish.after->at - clock_grace;
  } else if (is_back) {
    wish.since = lost->second - clock_grace;
  }
  auto& opened = sources_[stream];
  opened.reader = who.wish.slot.stream;
  opened.node = node;
  opened.gateway = gateway;
  opened.last = last != who.last.end() ? std::optional{last->second} : std::nullopt;
  who.sources[node] = stream;
  if (who.history_ends)
    who.behind.push_back(stream);
  if (!gateway)
    return self_->send(hub_, wish);
  const peer_tail question{own_,
                           stream,
                           wish.filter.apps,
                           wish.filter.text,
                           wish.after ? to_string(*wish.after) : "",
                           wish.since.value_or(timestamp{}),
                           wish.earlier_lines,
                           static_cast<std::uint32_t>(window_bytes_)};
  self_->request(gateway, answer_timeouts::own_boxes, question)
      .then(
          [this, stream](bool is_served) {
            if (!is_served && sources_.contains(stream))
              close_source(stream, true);
          },
          [this, stream](const caf::error&) { // it may serve all the same
            if (sources_.contains(stream))
              close_source(stream, false);
          });
}

// It is opened again with the next tick if its node is there.
void tail_gatherer::close_source(std::uint64_t stream, bool has_ended) {
  const auto closed = std::move(sources_.at(stream));
  sources_.erase(stream);
  if (!has_ended && closed.gateway)
    self_->send(closed.gateway, peer_lines_taken{own_, stream, 0, true});
  else if (!has_ended)
    report_to(closed.producer, {stream, 0, stream_reports::state::over});
  auto& who = followers_.at(closed.reader);
  who.sources.erase(closed.node);
  if (closed.last)
    who.last[closed.node] = *closed.last;
  who.lost[closed.node] = system_time();
  std::erase(who.behind, stream);
}

void tail_gatherer::take(std::uint64_t stream, std::string_view records) {
  auto& who = followers_.at(sources_.at(stream).reader);
  if (who.history_ends)
    keep(stream, who, records);
  else
    show(stream, who, records);
}

void tail_gatherer::show(std::uint64_t stream, follower& who, std::string_view records) {
  std::string text;
  const auto from = sources_.find(stream);
  for_each_record(records, [&](const tail_record& next) {
    if (next.what == tail_record::kind::line) {
      ++lines_shown_;
      if (from != sources_.end())
        from->second.last = next.id;
    } else if (next.what == tail_record::kind::skipped) {
      lines_skipped_ += next.id.hash;
    }
    text += next.text;
  });
  send(who, std::move(text), stream, records.size());
}

void tail_gatherer::keep(std::uint64_t stream, follower& who, std::string_view records) {
  std::size_t taken = 0;
  for_each_record(records, [&](const tail_record& next) {
    const std::string_view whole{next.text.data() - tail_record_head_bytes,
                                 next.text.size() + tail_record_head_bytes};
    if (std::find(who.behind.begin(), who.behind.end(), stream) == who.behind.end()) {
      who.later.emplace_back(stream, whole);
      return;
    }
    taken += whole.size();
    if (next.what == tail_record::kind::caught_up) {
      std::erase(who.behind, stream);
      return;
    }
    if (next.what == tail_record::kind::line)
      sources_.at(stream).last = next.id;
    who.history.emplace(next.id.at, next.text);
    who.history_bytes += next.text.size();
    while (who.history.size() > who.wish.earlier_lines || who.history_bytes > max_history_bytes) {
      who.history_bytes -= who.history.begin()->second.size();
      who.history.erase(who.history.begin());
    }
  });
  if (taken > 0)
    report_taken(stream, taken);
  if (who.behind.empty())
    end_history(who);
}

void tail_gatherer::end_history(follower& who) {
  who.history_ends.reset();
  who.behind.clear();
  std::string text;
  for (const auto& [at, line] : std::exchange(who.history, {}))
    text += line;
  who.history_bytes = 0;
  send(who, std::move(text));
  for (const auto& [stream, record] : std::exchange(who.later, {}))
    show(stream, who, record);
}

void tail_gatherer::say_nodes(follower& who) {
  tail_nodes now{{own_.node}, members_.absent};
  for (const auto& one : members_.live)
    now.live.push_back(one.identity.node);
  std::sort(now.live.begin(), now.live.end());
  if (who.told == now)
    return;
  std::string text;
  form_->nodes(now, text);
  std::size_t waiting = text.size();
  for (const auto& one : who.sent)
    waiting += one.bytes;
  if (waiting > stream_window_bytes - notices_bytes)
    return; // said when there is room
  who.told = std::move(now);
  send(who, std::move(text));
}

void tail_gatherer::send(follower& who, std::string&& text, std::uint64_t source, std::size_t record_bytes,
                         bool is_last) {
  if (text.empty() && !is_last) {
    if (record_bytes > 0)
      report_taken(source, record_bytes);
    return;
  }
  if (!text.empty())
    who.sent.push_back({source, text.size(), record_bytes});
  who.heard = now();
  const auto& slot = who.wish.slot;
  caf::anon_send(slot.sink, stream_parts{stream_producer_actor{self_},
                                         {{slot.stream, std::make_shared<const std::string>(std::move(text)),
                                           is_last}}});
}

void tail_gatherer::report_taken(std::uint64_t stream, std::size_t record_bytes) {
  const auto found = sources_.find(stream);
  if (found == sources_.end())
    return;
  if (found->second.gateway)
    self_->send(found->second.gateway, peer_lines_taken{own_, stream, record_bytes, false});
  else
    report_to(found->second.producer, {stream, record_bytes, stream_reports::state::goes_on});
}

void tail_gatherer::hear(const stream_reports::report& news) {
  const auto found = followers_.find(news.stream);
  if (found == followers_.end())
    return;
  auto& who = found->second;
  std::map<std::uint64_t, std::size_t> taken;
  for (auto left = news.taken_bytes; left > 0 && !who.sent.empty();) {
    auto& first = who.sent.front();
    if (first.bytes > left) {
      first.bytes -= left;
      break;
    }
    left -= first.bytes;
    taken[first.source] += first.record_bytes;
    who.sent.pop_front();
  }
  for (const auto& [stream, record_bytes] : taken)
    report_taken(stream, record_bytes);
  if (news.now == stream_reports::state::goes_on)
    return say_nodes(who);
  if (news.now == stream_reports::state::ending)
    send(who, {}, 0, 0, true);
  let_go(news.stream);
}

void tail_gatherer::let_go(std::uint64_t reader) {
  const auto open = followers_.at(reader).sources;
  for (const auto& [node, stream] : open)
    close_source(stream, false);
  followers_.erase(reader);
}

void tail_gatherer::tick() {
  for (auto& [reader, who] : followers_) {
    if (who.history_ends && now() >= *who.history_ends)
      end_history(who);
    open_sources(who);
    say_nodes(who);
    if (now() - who.heard < tail_hub::longest_silence)
      continue;
    std::string text;
    form_->heartbeat(text);
    send(who, std::move(text));
  }
  self_->delayed_send(self_, tick_interval, caf::tick_atom_v);
}

// From the hub of this node, for readers here and at peers.
void tail_gatherer::take_parts(const stream_parts& parts) {
  for (const auto& part : parts.all) {
    const std::string_view records = part.text ? std::string_view{*part.text} : std::string_view{};
    if (const auto away = exports_.find(part.stream); away != exports_.end()) {
      away->second.producer = parts.from;
      if (!records.empty() || part.is_last)
        self_->send(away->second.gateway,
                    peer_lines{away->second.stream, std::string{records}, part.is_last});
      if (part.is_last)
        exports_.erase(away);
    } else if (const auto here = sources_.find(part.stream); here != sources_.end()) {
      here->second.producer = parts.from;
      if (!records.empty())
        take(part.stream, records);
      if (part.is_last)
        close_source(part.stream, true);
    } else {
      report_to(parts.from, {part.stream, 0, stream_reports::state::over});
    }
  }
}

bool tail_gatherer::serve(const peer_tail& wish) {
  const auto* const asker = live_peer(wish.asker);
  auto wanted = lines::parse_query(wish.query);
  if (asker == nullptr || !wanted)
    return false;
  const auto stream = ++last_stream_;
  exports_[stream] = {wish.asker, wish.stream, asker->gateway, {}};
  tail_wish own;
  own.slot = {stream_sink_actor{self_}, stream};
  own.filter = {wish.apps, wish.query, std::make_shared<const lines::query_node>(*std::move(wanted)),
                record_form_};
  own.after = lines::read_line_id(wish.after);
  if (wish.since != timestamp{})
    own.since = wish.since;
  own.earlier_lines = wish.earlier_lines;
  own.window_bytes = std::min<std::size_t>(wish.window_bytes, stream_window_bytes);
  self_->send(hub_, own);
  return true;
}

void tail_gatherer::hear_from(const peer_lines_taken& news) {
  const auto found = std::find_if(exports_.begin(), exports_.end(), [&](const auto& one) {
    return one.second.stream == news.stream && one.second.asker == news.asker;
  });
  if (found == exports_.end())
    return;
  const auto stream = found->first;
  if (news.is_over)
    return forget_export(stream);
  report_to(found->second.producer, {stream, news.bytes, stream_reports::state::goes_on});
}

// If the hub has not sent anything yet, it learns it when it does.
void tail_gatherer::forget_export(std::uint64_t stream) {
  report_to(exports_.at(stream).producer, {stream, 0, stream_reports::state::over});
  exports_.erase(stream);
}

void tail_gatherer::take(const membership& now) {
  members_ = now;
  const auto is_there = [this](const peer_gateway_actor& gateway) {
    return std::any_of(members_.live.begin(), members_.live.end(),
                       [&](const peer& one) { return one.gateway == gateway; });
  };
  std::vector<std::uint64_t> lost_sources, lost_exports;
  for (const auto& [stream, one] : sources_)
    if (one.gateway && !is_there(one.gateway))
      lost_sources.push_back(stream);
  for (const auto& [stream, one] : exports_)
    if (!is_there(one.gateway))
      lost_exports.push_back(stream);
  for (const auto stream : lost_sources)
    close_source(stream, true);
  for (const auto stream : lost_exports)
    forget_export(stream);
  for (auto& [reader, who] : followers_) {
    say_nodes(who);
    open_sources(who);
  }
}

const peer* tail_gatherer::live_peer(const node_identity& who) const {
  const auto found = std::find_if(members_.live.begin(), members_.live.end(),
                                  [&](const peer& one) { return one.identity == who; });
  return found == members_.live.end() ? nullptr : &*found;
}

} // namespace parseflow::actors
