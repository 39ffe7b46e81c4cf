// The rounds of a loop, and which clients stay.
#include "http/connections/event_loop.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

using state = client::state;

constexpr std::uint64_t wake_id = 0; // a client's is its index + 1
// A client that always has more to do gives way to the others after so many steps.
constexpr int max_steps = 16;
// How often it is asked within these steps whether the round is over: a usual request takes fewer.
constexpr int steps_between_looks = 4;
// How often deadlines are looked at, at most: each look visits every client.
constexpr std::chrono::milliseconds check_interval{20};
// How soon a client that found no room for its body asks again.
constexpr std::chrono::milliseconds stall_interval{10};
// Of the index of a client in a ticket: 16 million descriptors are more than a process can have.
constexpr int place_bits = 24;

// True if no request of the client is being read or answered: between requests, before the first, or when it
// has its answer and still sends.
bool is_idle(state now) {
  return now == state::head || now == state::shaking || now == state::unnamed || now == state::dropping ||
         now == state::ending;
}

} // namespace

event_loop::event_loop(loop_shared& shared, std::uint8_t number)
    : shared_(shared), number_(number), limits_(shared.limits), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = wake_id;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, inbox_.descriptor(), &event) != 0)
    epoll_.reset();
}

void event_loop::listen_for_boxes(caf::actor_system& system) {
  verdicts_.listen(system, [this](const caf::message& content) {
    inbox_.leave([this, content] { settle_all(content, 0); });
  });
  streams_.listen(system, [this](const caf::message& content) {
    inbox_.leave([this, content] { add_parts(content.get_as<stream_parts>(0)); });
  });
}

void event_loop::run() {
  while (!is_ending_ || count_ > 0)
    try {
      round();
    } catch (const std::exception& problem) {
      log(log_level::error, "http", "a round of the connections failed because of a bug",
          {{"problem", problem.what()}});
    }
}

void event_loop::round() {
  for (auto& task : inbox_.take())
    tasks_.push_back(std::move(task));
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               tasks_.empty() ? sleep_ms() : 0);
  now_ = clock::now();
  run_tasks();
  for (int i = 0; i < count; ++i) {
    const auto id = events[static_cast<std::size_t>(i)].data.u64;
    const auto happened = events[static_cast<std::size_t>(i)].events;
    if (id == wake_id) {
      inbox_.stay_awake();
      continue;
    }
    auto& who = *clients_[id - 1];
    if ((happened & ~EPOLLOUT) != 0)
      who.may_read = true;
    if ((happened & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
      who.has_hung_up = true;
    if (due_.empty() && !is_over(round_length))
      advance(who);
    else
      advance_later(who); // behind those that have waited longer
  }
  retry_stalled();
  go_on_with_due();
  if (!submitted_.all.empty())
    caf::anon_send(shared_.handlers.entry, std::exchange(submitted_, {}));
  check_deadlines();
  check_permits();
  send_reports();
  free_leaving();
  note_oldest_stranger();
  if (const auto took = (clock::now() - now_).count(); took > longest_round_)
    longest_round_ = took;
}

int event_loop::sleep_ms() const {
  if (!due_.empty())
    return 0;
  auto until = std::min(next_check_, next_permit_check_);
  if (!stalled_.empty())
    until = std::min(until, now_ + stall_interval);
  if (until == clock::time_point::max())
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// Half of the round is left to the clients.
void event_loop::run_tasks() {
  while (!tasks_.empty() && !is_over(round_length / 2)) {
    const auto next = std::move(tasks_.front());
    tasks_.pop_front();
    next();
  }
}

void event_loop::retry_stalled() {
  for (const auto index : std::exchange(stalled_, {}))
    if (auto* const who = clients_[index].get(); who != nullptr && std::exchange(who->is_stalled, false))
      advance_later(*who);
}

void event_loop::go_on_with_due() {
  for (auto left = due_.size(); left > 0 && !is_over(round_length); --left) {
    const auto index = due_.front();
    due_.pop_front();
    if (auto* const who = clients_[index].get(); who != nullptr && std::exchange(who->is_due, false))
      advance(*who);
  }
}

// A failure ends this connection: the others of the round must get their turns, since an event comes once.
void event_loop::advance(client& who) {
  try {
    for (int i = 1; i <= max_steps; ++i) {
      if (!step(who))
        return;
      if (i % steps_between_looks == 0 && is_over(round_length))
        break;
    }
  } catch (const std::exception& problem) {
    log(log_level::error, "http", "a connection was closed because of a bug", {{"problem", problem.what()}});
    return close(who);
  }
  advance_later(who);
}

void event_loop::advance_later(client& who) {
  if (!std::exchange(who.is_due, true))
    due_.push_back(who.index);
}

// True if there may be more to do now.
bool event_loop::step(client& who) {
  switch (who.now) {
  case state::unnamed:
    return take_proxy_header(who);
  case state::shaking:
    return shake_hands(who);
  case state::head:
    return take_head(who);
  case state::body:
    return take_body(who);
  case state::reserving:
    return finish_body(who);
  case state::writing:
    return write_out(who);
  case state::streaming:
    return write_stream(who);
  case state::dropping:
    return drop_body(who);
  case state::ending:
    return drop_until_end(who);
  case state::checking:
  case state::held:
  case state::working:
  case state::parked:
  case state::gone:
    return false;
  }
  return false;
}

void event_loop::adopt(file_descriptor socket, const ip_address& from, bool is_counted) {
  inbox_.leave([this, number = socket.release(), from, is_counted] { let_in(number, from, is_counted); });
}

void event_loop::let_in(int socket, const ip_address& from, bool is_counted) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  file_descriptor connected{socket};
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(clients_.size());
    clients_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  clients_[index] = std::make_unique<client>(std::move(connected), from, index, blocks_);
  ++count_;
  auto& who = *clients_[index];
  who.is_counted = is_counted;
  strangers_.renew(index);
  if (limits_.has_proxy_header && limits_.proxies.contains(from))
    enter(who, state::unnamed, handshake_timeout);
  else
    begin_talk(who);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = std::uint64_t{index} + 1;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event) != 0)
    close(who);
}

void event_loop::begin_talk(client& who) {
  if (shared_.certificate == nullptr)
    return enter(who, state::head, limits_.read_timeout);
  who.socket.begin_tls(shared_.certificate->current());
  enter(who, state::shaking, handshake_timeout);
}

void event_loop::trust(client& who) {
  if (!std::exchange(who.is_trusted, true))
    forget_stranger(who);
}

void event_loop::forget_stranger(client& who) {
  strangers_.remove(who.index);
  if (std::exchange(who.is_counted, false))
    shared_.strangers_by_address.leave(who.address);
}

void event_loop::enter(client& who, client::state next, std::chrono::milliseconds patience) {
  who.now = next;
  who.since = now_;
  who.deadline = now_ + patience;
  next_check_ = std::min(next_check_, who.deadline);
}

// Waits for the next request.
void event_loop::rest(client& who) {
  who.has_started = false;
  enter(who, state::head,
        who.is_trusted ? limits_.keep_alive : std::min(limits_.keep_alive, limits_.stranger_keep_alive));
  if (!who.is_trusted)
    strangers_.renew(who.index);
}

void event_loop::stall(client& who) {
  if (std::exchange(who.is_stalled, true))
    return;
  stalled_.push_back(who.index);
}

void event_loop::close(client& who) {
  if (who.now == state::gone)
    return;
  who.now = state::gone;
  forget_stream(who);
  who.request.reset();
  who.socket.close();
  forget_stranger(who);
  leaving_.push_back(who.index);
  --count_;
  --shared_.open;
  if (shared_.is_full)
    shared_.on_room();
}

// Later than `close`: what is happening in this round may still look at the client.
void event_loop::free_leaving() {
  for (const auto index : leaving_) {
    clients_[index].reset();
    free_.push_back(index);
  }
  leaving_.clear();
}

void event_loop::check_deadlines() {
  if (now_ < next_check_)
    return;
  auto next = clock::time_point::max();
  for (const auto& who : clients_) {
    if (!who || who->now == state::gone)
      continue;
    if (who->deadline <= now_) {
      if (is_over(round_length)) { // thousands may expire at once
        next = now_;
        break;
      }
      expire(*who);
    }
    if (who->now != state::gone && who->deadline > now_)
      next = std::min(next, who->deadline);
  }
  next_check_ = std::max(next, now_ + check_interval);
}

void event_loop::expire(client& who) {
  switch (who.now) {
  case state::head:
    if (who.input.empty())
      return close(who);
    refuse(who, 408, {});
    return advance(who);
  case state::body:
    if (keeps_its_rate(who))
      return;
    [[fallthrough]];
  case state::reserving:
    body_failed(who, body_end::too_slow);
    return advance(who);
  case state::parked:
    settle(who, std::nullopt);
    return advance(who);
  case state::held:
    resume(who);
    return advance(who);
  case state::checking:
  case state::working: // the handler has limits of its own
    who.deadline = now_ + limits_.read_timeout;
    return;
  case state::unnamed:
  case state::shaking:
  case state::writing:
  case state::streaming:
  case state::dropping:
  case state::ending:
    return close(who);
  case state::gone:
    return;
  }
}

void event_loop::note_oldest_stranger() {
  const auto first = strangers_.first([](std::uint64_t) { return true; });
  const auto since = first ? clients_[*first]->since : clock::time_point::max();
  oldest_stranger_ = since.time_since_epoch().count();
}

void event_loop::let_one_go() {
  inbox_.leave([this] {
    const auto waits = [this](std::uint64_t index) {
      const auto& who = *clients_[index];
      return is_idle(who.now) && now_ - who.since >= stranger_grace;
    };
    const auto lasts = [this](std::uint64_t index) {
      const auto& who = *clients_[index];
      return who.now != state::checking && who.now != state::working && who.now != state::parked &&
             now_ - who.since >= busy_grace;
    };
    auto chosen = strangers_.first(waits);
    if (!chosen)
      chosen = strangers_.first(lasts);
    if (!chosen)
      return;
    ++shared_.closed_for_others;
    close(*clients_[*chosen]);
  });
}

void event_loop::take_up(std::chrono::milliseconds keep_alive, std::chrono::milliseconds read_timeout) {
  inbox_.leave([this, keep_alive, read_timeout] {
    limits_.keep_alive = keep_alive;
    limits_.read_timeout = read_timeout;
  });
}

void event_loop::look_again() {
  inbox_.leave([this] {
    for (const auto& who : clients_)
      if (who && who->now == state::held) {
        resume(*who);
        advance_later(*who);
      }
  });
}

void event_loop::end() {
  inbox_.leave([this] {
    is_ending_ = true;
    for (const auto& who : clients_) {
      if (who && (who->now == state::shaking || who->now == state::unnamed))
        close(*who);
      if (who && who->now == state::streaming)
        ask_to_end(*who);
      if (!who || who->now != state::head)
        continue;
      who->may_read = who->may_read || who->socket.has_input();
      advance(*who); // a request that has arrived is answered, as the last one
      if (who->now == state::head && who->input.empty())
        close(*who);
    }
  });
}

void event_loop::cut() {
  inbox_.leave([this] {
    for (const auto& who : clients_) {
      if (!who)
        continue;
      if (who->now == state::body || who->now == state::reserving) {
        body_failed(*who, body_end::cut_off);
        advance(*who);
      } else if (who->now == state::held) {
        resume(*who); // as the last look
        advance(*who);
      } else if (who->now == state::head || who->now == state::streaming || who->now == state::dropping ||
                 who->now == state::ending) {
        close(*who);
      }
    }
  });
}

void event_loop::break_all() {
  inbox_.leave([this] {
    for (const auto& who : clients_)
      if (who)
        close(*who);
  });
}

// Unique among all loops: the serial, the loop, the place.
std::uint64_t event_loop::ticket_of(const client& who) const {
  return std::uint64_t{who.serial} << 32 | std::uint64_t{number_} << place_bits | who.index;
}

client* event_loop::find(std::uint64_t ticket) {
  const auto index = static_cast<std::uint32_t>(ticket) & ((1U << place_bits) - 1);
  auto* const who = index < clients_.size() ? clients_[index].get() : nullptr;
  return who != nullptr && ticket_of(*who) == ticket ? who : nullptr;
}

} // namespace parseflow::http
