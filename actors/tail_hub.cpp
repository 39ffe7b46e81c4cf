#include "actors/tail_hub.hpp"

#include <algorithm>

#include "messages/lines/query_match.hpp"

namespace parseflow::actors {

namespace {

// Lines are sent in texts of about this size.
constexpr std::size_t text_bytes = 16 * 1024;
// Bytes of bodies that are looked through in one turn: about a millisecond.
constexpr std::size_t turn_bytes = 512 * 1024;
// A reader who looks back gets no more while this share of his window waits for him.
constexpr std::size_t enough_share = 4;
constexpr std::chrono::seconds heartbeat_interval{5};

void add(skipped_lines& sum, const skipped_lines& more) {
  if (more.count == 0)
    return;
  if (sum.count == 0)
    sum.from = more.from;
  sum.count += more.count;
  sum.to = more.to;
}

stream_text shared(std::string&& text) {
  return std::make_shared<const std::string>(std::move(text));
}

} // namespace

tail_hub::tail_hub(self_pointer self, std::uint64_t memory_bytes) : box_state(self), recent_(memory_bytes) {}

tail_hub::behavior_type tail_hub::make_behavior() {
  return {
      [this](const batch_group& next) { take(next); },
      [this](const tail_wish& wish) {
        let_in(wish);
        send_parts();
      },
      [this](status_atom) {
        return tail_status{tails_.size(), lines_shown_, lines_skipped_};
      },
      [this](const stream_reports& news) {
        for (const auto& one : news.all)
          hear(one);
        send_parts();
      },
      [this](dispatch_atom) {
        next_turn();
        send_parts();
      },
      [this](caf::tick_atom) {
        tick();
        send_parts();
      },
  };
}

void tail_hub::on_exit() {
  for (auto& [stream, who] : tails_)
    send(who, {}, true);
  send_parts();
}

void tail_hub::take(const batch_group& next) {
  for (const auto& one : next.all) {
    recent_.add(*one);
    if (!tails_.empty())
      show(*one);
  }
  for (const auto& one : groups_)
    flush(*one);
  send_parts();
  forget_old();
}

void tail_hub::show(const batch& next) {
  std::vector<group*> wanting;
  for (const auto& one : groups_)
    if (!one->live.empty() && may_want(one->filter, *next.origin))
      wanting.push_back(one.get());
  if (wanting.empty())
    return;
  const lines::line_namer names{next.origin->key};
  lines::for_each_line(*next.origin, next.records, [&](const lines::line_view& line) {
    shown_.look_at(line);
    const group* written = nullptr; // the first that has this line, in a form that others may share
    std::size_t written_at = 0;
    for (auto* const to : wanting) {
      if (!lines::matches(*to->filter.wanted, shown_))
        continue;
      add(to->lines, {1, line.at, line.at});
      const auto begin = to->text.size();
      if (written != nullptr && written->filter.form == to->filter.form)
        to->text.append(written->text, written_at);
      else
        to->filter.form->line(line, names.id_of(line.at, line.position), to->text);
      written = to;
      written_at = begin;
    }
    for (auto* const to : wanting)
      if (to->text.size() >= text_bytes)
        flush(*to);
  });
}

void tail_hub::flush(group& to) {
  if (to.text.empty())
    return;
  const auto text = shared(std::exchange(to.text, {}));
  const auto lines = std::exchange(to.lines, {});
  for (const auto stream : to.live)
    offer(tails_.at(stream), text, lines);
}

void tail_hub::forget_old() {
  for (; recent_.is_too_large(); recent_.drop_first()) {
    has_forgotten_ = true;
    for (auto& [stream, who] : tails_)
      if (who.now == phase::reading && who.frame == recent_.begin())
        pass_over_first(who);
  }
}

// The memory forgets lines that this reader has not got yet.
void tail_hub::pass_over_first(tail& who) {
  if (may_want(who.own->filter, recent_.at(who.frame))) {
    const auto records = recent_.records_of(who.frame);
    lines::for_each_line(recent_.at(who.frame), records, [&](const lines::line_view& line) {
      shown_.look_at(line);
      if (line.position >= who.line && lines::matches(*who.own->filter.wanted, shown_))
        skip(who, {1, line.at, line.at});
    });
  }
  ++who.frame;
  who.line = 0;
}

void tail_hub::let_in(const tail_wish& wish) {
  auto& who = tails_[wish.slot.stream];
  who.slot = wish.slot;
  who.own = group_of(wish.filter);
  ++who.own->tails;
  who.after = wish.after;
  who.since = wish.since;
  who.earlier_lines = wish.earlier_lines;
  who.window_bytes = wish.window_bytes;
  who.frame = recent_.end();
  std::string text;
  wish.filter.form->begin(text);
  send(who, shared(std::move(text)));
  give_turn(who);
  if (!std::exchange(is_ticking_, true))
    self_->delayed_send(self_, heartbeat_interval, caf::tick_atom_v);
}

std::shared_ptr<tail_hub::group> tail_hub::group_of(const tail_filter& filter) {
  const auto known =
      std::find_if(groups_.begin(), groups_.end(), [&](const auto& one) { return one->filter == filter; });
  if (known != groups_.end())
    return *known;
  auto fresh = std::make_shared<group>();
  fresh->filter = filter;
  return groups_.emplace_back(std::move(fresh));
}

void tail_hub::hear(const stream_reports::report& news) {
  const auto found = tails_.find(news.stream);
  if (found == tails_.end())
    return;
  auto& who = found->second;
  who.waiting_bytes -= std::min(who.waiting_bytes, news.taken_bytes);
  if (news.now == stream_reports::state::over)
    return let_go(news.stream);
  tell_skipped(who);
  if (news.now == stream_reports::state::ending) {
    send(who, {}, true);
    return let_go(news.stream);
  }
  if (who.now == phase::reading)
    give_turn(who);
}

void tail_hub::let_go(std::uint64_t stream) {
  const auto own = tails_.at(stream).own;
  std::erase(own->live, stream);
  if (--own->tails == 0)
    std::erase(groups_, own);
  tails_.erase(stream);
}

void tail_hub::tick() {
  for (auto& [stream, who] : tails_) {
    tell_skipped(who); // nothing else may come
    if (now() - who.heard < longest_silence)
      continue;
    std::string text;
    who.own->filter.form->heartbeat(text);
    if (has_room(who, text.size()))
      send(who, shared(std::move(text)));
  }
  is_ticking_ = !tails_.empty();
  if (is_ticking_)
    self_->delayed_send(self_, heartbeat_interval, caf::tick_atom_v);
}

void tail_hub::give_turn(tail& who) {
  if (std::exchange(who.has_turn, true))
    return;
  turns_.push_back(who.slot.stream);
  if (turns_.size() == 1)
    self_->send(self_, dispatch_atom_v);
}

// One reader's turn; batches that have come meanwhile are taken between two turns.
void tail_hub::next_turn() {
  if (turns_.empty())
    return;
  const auto stream = turns_.front();
  turns_.pop_front();
  if (const auto found = tails_.find(stream); found != tails_.end()) {
    auto& who = found->second;
    who.has_turn = false;
    std::size_t budget = turn_bytes;
    const bool has_place = who.now != phase::seeking || seek(who, budget);
    if (!has_place || (who.now == phase::reading && !read_on(who, budget))) {
      who.has_turn = true;
      turns_.push_back(stream);
    }
  }
  if (!turns_.empty())
    self_->send(self_, dispatch_atom_v);
}

// Looks backwards for the place where this reader begins. False if it needs another turn.
bool tail_hub::seek(tail& who, std::size_t& budget) {
  const auto& filter = who.own->filter;
  while (who.frame > recent_.begin() && (who.after || who.since || who.earlier_lines > 0)) {
    if (budget == 0)
      return false;
    const auto number = --who.frame;
    const auto& origin = recent_.at(number);
    if (who.since && origin.received_at < *who.since) {
      begin_reading(who, number + 1, 0);
      return true;
    }
    budget -= std::min(budget, origin.body.size() + 1);
    if (!who.after && (who.since || !may_want(filter, origin)))
      continue;
    const auto records = recent_.records_of(number);
    const lines::line_namer names{origin.key};
    std::vector<std::uint32_t> found; // positions
    lines::for_each_line(origin, records, [&](const lines::line_view& line) {
      shown_.look_at(line);
      if (who.after ? names.id_of(line.at, line.position) == *who.after
                    : lines::matches(*filter.wanted, shown_))
        found.push_back(line.position);
    });
    if (who.after && !found.empty()) {
      begin_reading(who, number, found.back() + 1);
      return true;
    }
    if (found.size() >= who.earlier_lines && !who.after) {
      begin_reading(who, number, found[found.size() - who.earlier_lines]);
      return true;
    }
    who.earlier_lines -= who.after ? 0 : found.size();
  }
  if (!who.after) {
    begin_reading(who, std::max(who.frame, recent_.begin()), 0);
    return true;
  }
  std::string text;
  filter.form->gap(*std::exchange(who.after, std::nullopt), text);
  send(who, shared(std::move(text)));
  // If the program began after that line was shown, all that is here may be new to the reader.
  if (!has_forgotten_ || who.since) {
    begin_reading(who, recent_.begin(), 0);
    return true;
  }
  who.frame = recent_.end();
  return false;
}

void tail_hub::begin_reading(tail& who, std::uint64_t frame, std::uint32_t line) {
  who.now = phase::reading;
  who.frame = frame;
  who.line = line;
}

// Reads on in the memory. False if it needs another turn; true if it has read everything or waits for room.
bool tail_hub::read_on(tail& who, std::size_t& budget) {
  while (who.frame < recent_.end()) {
    if (who.waiting_bytes >= who.window_bytes / enough_share)
      return true; // until a report comes
    if (budget == 0)
      return false;
    const auto& origin = recent_.at(who.frame);
    budget -= std::min(budget, origin.body.size() + 1);
    if (may_want(who.own->filter, origin) && !read_frame(who))
      return true;
    ++who.frame;
    who.line = 0;
  }
  who.now = phase::live;
  who.own->live.push_back(who.slot.stream);
  std::string text;
  who.own->filter.form->caught_up(text);
  if (!text.empty())
    send(who, shared(std::move(text)));
  return true;
}

// Sends the rest of a frame. False if there was no room for all of it.
bool tail_hub::read_frame(tail& who) {
  const auto& origin = recent_.at(who.frame);
  const auto& filter = who.own->filter;
  const auto records = recent_.records_of(who.frame);
  const lines::line_namer names{origin.key};
  std::string text, one;
  bool has_space = true;
  const auto send_text = [&] {
    if (!text.empty())
      send(who, shared(std::exchange(text, {})));
  };
  lines::for_each_line(origin, records, [&](const lines::line_view& line) {
    if (!has_space || line.position < who.line)
      return;
    shown_.look_at(line);
    if (lines::matches(*filter.wanted, shown_)) {
      one.clear();
      filter.form->line(line, names.id_of(line.at, line.position), one);
      if (one.size() > who.window_bytes) { // there will never be room for it
        send_text();
        skip(who, {1, line.at, line.at});
      } else if (!tell_skipped(who) || !has_room(who, text.size() + one.size())) {
        has_space = false;
        return;
      } else {
        text += one;
        ++lines_shown_;
        if (text.size() >= text_bytes)
          send_text();
      }
    }
    who.line = line.position + 1;
  });
  send_text();
  return has_space;
}

bool tail_hub::may_want(const tail_filter& filter, const frame& origin) {
  const auto& apps = filter.apps;
  return (apps.empty() || std::find(apps.begin(), apps.end(), origin.app) != apps.end()) &&
         lines::may_match(*filter.wanted, origin);
}

bool tail_hub::has_room(const tail& who, std::size_t bytes) {
  return who.waiting_bytes + bytes <= who.window_bytes;
}

void tail_hub::offer(tail& who, const stream_text& text, const skipped_lines& lines) {
  if (!tell_skipped(who) || !has_room(who, text->size()))
    return skip(who, lines);
  lines_shown_ += lines.count;
  send(who, text);
}

void tail_hub::skip(tail& who, const skipped_lines& lines) {
  lines_skipped_ += lines.count;
  add(who.skipped, lines);
}

// False if there are skipped lines and no room to tell of them.
bool tail_hub::tell_skipped(tail& who) {
  if (who.skipped.count == 0)
    return true;
  std::string text;
  who.own->filter.form->skipped(who.skipped, text);
  if (!has_room(who, text.size()))
    return false;
  who.skipped = {};
  send(who, shared(std::move(text)));
  return true;
}

void tail_hub::send(tail& who, stream_text text, bool is_last) {
  who.waiting_bytes += text ? text->size() : 0;
  who.heard = now();
  auto to =
      std::find_if(parts_.begin(), parts_.end(), [&](const auto& one) { return one.first == who.slot.sink; });
  if (to == parts_.end())
    to = parts_.insert(parts_.end(), {who.slot.sink, {}});
  to->second.push_back({who.slot.stream, std::move(text), is_last});
}

void tail_hub::send_parts() {
  for (auto& [sink, parts] : parts_)
    if (!parts.empty())
      caf::anon_send(sink, stream_parts{stream_producer_actor{self_}, std::exchange(parts, {})});
}

} // namespace parseflow::actors
