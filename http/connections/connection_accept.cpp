// How the connection server accepts clients, and which ones it closes to make room.
#include <new>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "http/connections/connection_server.hpp"
#include "http/connections/watch.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

using state = served_client::state;

// How long a stranger's request may take before its place may be given to another client.
constexpr std::chrono::seconds busy_grace{1};

} // namespace

void connection_server::pause_accepting() {
  const std::lock_guard guard{mutex_};
  if (port() == 0 || is_stopping_ || std::exchange(is_paused_, true))
    return;
  accept_waiting();
  listener_.pause(); // closing a socket removes it from the epoll set
  is_accepting_ = false;
}

expected<> connection_server::resume_accepting() {
  const std::lock_guard guard{mutex_};
  if (is_stopping_ || !is_paused_)
    return {};
  if (auto resumed = listener_.resume(); !resumed)
    return resumed;
  is_paused_ = false;
  watch(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), listener_id, EPOLLONESHOT);
  arm_listener();
  return {};
}

void connection_server::accept_some() {
  const std::lock_guard guard{mutex_};
  is_accepting_ = false;
  if (!is_paused_) // the event may be older than the pause
    accept_waiting();
}

void connection_server::accept_waiting() {
  while (!is_stopping_) {
    std::optional<std::uint64_t> leaving;
    if (clients_.size() >= limits_.max_connections) {
      leaving = idle_stranger();
      if (!leaving) {
        end_busy_stranger(); // its thread then frees the place
        break;
      }
    }
    file_descriptor socket{accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket.is_open()) {
      if (errno == EAGAIN || errno == EWOULDBLOCK)
        arm_listener();
      else if (errno == EINTR || errno == ECONNABORTED)
        continue;
      break; // out of descriptors: the timer tries again
    }
    if (leaving) {
      clients_.erase(*leaving);
      strangers_.remove(*leaving);
      ++closed_for_others_;
    }
    try {
      let_in(std::move(socket));
    } catch (const std::bad_alloc&) {
      break; // `socket` is closed; the timer tries again
    }
  }
  arm_timer();
}

void connection_server::let_in(file_descriptor socket) {
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  auto who = std::make_unique<served_client>(socket.get());
  const int number = socket.release();
  who->now = state::idle;
  who->expires = clock::now() + limits_.read_timeout;
  const auto id = last_id_++;
  wait_on(id, *who);
  clients_.emplace(id, std::move(who));
  watch(epoll_.get(), EPOLL_CTL_ADD, number, id, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
  if (clients_.size() >= limits_.max_connections && !std::exchange(is_full_, true))
    log(log_level::warn, "http",
        "the limit of connections is reached (http.max-connections): each new client takes the place "
        "of the one without credentials that has been idle longest",
        {{"connections", std::to_string(clients_.size())}, {"let_go", std::to_string(closed_for_others_)}});
}

void connection_server::wait_on(std::uint64_t id, served_client& who) {
  who.idle_since = clock::now();
  strangers_.renew(id);
}

std::optional<std::uint64_t> connection_server::idle_stranger() const {
  const auto latest = clock::now() - stranger_grace;
  return strangers_.first([this, latest](std::uint64_t id) {
    const auto found = clients_.find(id);
    return found != clients_.end() && found->second->now == state::idle &&
           !found->second->conn.is_trusted() && found->second->idle_since <= latest;
  });
}

void connection_server::end_busy_stranger() {
  const auto now = clock::now();
  const auto slow = strangers_.first([this, now](std::uint64_t id) {
    const auto found = clients_.find(id);
    return found != clients_.end() && found->second->now == state::active &&
           !found->second->conn.is_trusted() && !found->second->is_leaving &&
           now - found->second->active_since >= busy_grace;
  });
  if (!slow)
    return;
  auto& who = *clients_.at(*slow);
  who.is_leaving = true;
  who.conn.end_all();
  ++closed_for_others_;
}

connection_counts connection_server::connections() const {
  const std::lock_guard guard{mutex_};
  return {clients_.size(), limits_.max_connections, closed_for_others_};
}

void connection_server::arm_listener() {
  if (is_stopping_ || is_paused_ || is_accepting_ ||
      (clients_.size() >= limits_.max_connections && strangers_.empty()))
    return;
  is_accepting_ = true;
  watch(epoll_.get(), EPOLL_CTL_MOD, listener_.get(), listener_id, EPOLLIN | EPOLLONESHOT);
}

} // namespace parseflow::http
