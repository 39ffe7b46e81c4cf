// The threads share one epoll set: the thread that gets an event serves that connection, while another
// one waits.
#include "http/connections/connection_server.hpp"

#include <algorithm>

#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "http/connections/connection_end.hpp"
#include "http/connections/request_head.hpp"
#include "http/connections/watch.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

using state = served_client::state;

// Threads that are kept when there is nothing to do.
constexpr std::size_t spare_threads = 2;
// How long a stranger may go on sending a body that no handler reads.
constexpr std::chrono::seconds stranger_timeout{1};
// The two stages of a stop: after the first, receiving is cut off; after the second, connections are broken.
constexpr std::chrono::seconds arrival_grace{1};
constexpr std::chrono::seconds answer_grace{5};

// What httplib's callbacks, which are given only the request, need to know about its connection.
struct running_request {
  connection& conn;
  announced_body announced{};
  std::uint64_t body_start = 0;
  bool has_head = false;
  bool takes_gzip = false;
  bool is_last = true;
  bool has_unread_chunks = false; // their end is not known

  bool ends_here() const { return is_last || has_unread_chunks; }
};
thread_local running_request* running = nullptr;

bool asks_to_close(const httplib::Request& request) {
  const auto value = request.get_header_value("Connection");
  return request.version != "HTTP/1.1" || strcasestr(value.c_str(), "close") != nullptr;
}

// Must not throw, even if the problem is a lack of memory.
void report_defect(const std::exception& problem) noexcept {
  try {
    log(log_level::error, "http", "a connection was closed because of a bug", {{"problem", problem.what()}});
  } catch (...) {
  }
}

bool must_have_body(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

} // namespace

connection_server::connection_server(connection_limits limits, handler answer, refusal refuse,
                                     thread_maker make_thread)
    : limits_(limits), answer_(std::move(answer)), refuse_(std::move(refuse)),
      make_thread_(std::move(make_thread)), last_id_(first_client_id) {
  set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    exchange current{running->conn, request, response, running->announced, running->takes_gzip};
    answer_(current);
    running->has_unread_chunks &= !current.has_read_chunks();
    return HandlerResponse::Handled;
  });
  set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
    response.headers.erase("Keep-Alive"); // it holds httplib's limits, not ours
    response.headers.erase("Accept-Ranges");
    if (running->ends_here())
      response.headers.emplace("Connection", "close");
  });
  set_exception_handler(
      [](const httplib::Request& request, httplib::Response& response, std::exception_ptr problem) {
        try {
          std::rethrow_exception(std::move(problem));
        } catch (const std::exception& known) {
          log(log_level::error, "http", "a request failed because of a bug",
              {{"path", request.path}, {"problem", known.what()}});
        } catch (...) {
          log(log_level::error, "http", "a request failed because of a bug", {{"path", request.path}});
        }
        response.headers.clear();
        response.body.clear();
        response.status = 500;
      });
  set_error_handler([this](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty())
      refuse_(response);
  });
}

connection_server::~connection_server() {
  stop();
}

expected<> connection_server::start(const std::string& host, std::uint16_t port) {
  epoll_ = file_descriptor{epoll_create1(EPOLL_CLOEXEC)};
  wake_ = file_descriptor{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  timer_ = file_descriptor{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  if (!epoll_.is_open() || !wake_.is_open() || !timer_.is_open())
    return problem{"cannot serve HTTP: no more file descriptors are available (see ulimit -n)"};
  const std::lock_guard guard{mutex_};
  if (auto opened = listener_.open(host, port); !opened)
    return opened;
  // httplib must see a valid socket, even while accepting is paused. Internal to httplib:
  // see cmake/TestedVersions.cmake.
  svr_sock_ = listener_.get();
  watch(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), wake_id, EPOLLIN);
  watch(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), timer_id, EPOLLONESHOT);
  watch(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), listener_id, EPOLLONESHOT);
  arm_listener();
  if (!add_thread())
    return problem{
        "cannot serve HTTP: no thread can be started (see ulimit -u, or the limit of the container)"};
  return {};
}

void connection_server::stop() {
  std::unique_lock lock{mutex_};
  if (port() == 0 || is_stopping_.exchange(true))
    return;
  svr_sock_ = INVALID_SOCKET;
  listener_.close();
  for (auto at = clients_.begin(); at != clients_.end();) {
    auto& who = *at->second;
    if (who.now == state::idle && !who.has_input()) {
      at = clients_.erase(at);
      continue;
    }
    if (who.now == state::idle) {
      who.now = state::active;
      last_requests_.push_back({at->first, &who});
    }
    ++at;
  }
  eventfd_write(wake_.get(), 1);
  const auto is_done = [this] { return clients_.empty(); };
  if (!changed_.wait_for(lock, arrival_grace, is_done))
    for (auto& [id, who] : clients_)
      who->conn.end_receiving();
  if (!changed_.wait_for(lock, answer_grace, is_done))
    for (auto& [id, who] : clients_)
      who->conn.end_all();
  auto threads = std::move(threads_);
  threads.splice(threads.end(), retired_);
  lock.unlock();
  for (auto& thread : threads)
    thread.join();
}

bool connection_server::add_thread() {
  if (is_stopping_ || threads_.size() > limits_.max_connections)
    return false;
  while (!retired_.empty()) {
    retired_.front().join(); // it is about to end
    retired_.pop_front();
  }
  const auto self = threads_.emplace(threads_.end());
  try {
    *self = make_thread_([this, self] { work(self); });
    has_too_few_threads_ = false;
    return true;
  } catch (const std::exception& problem) {
    // The existing threads go on: each request waits until one of them is free.
    threads_.erase(self);
    if (!std::exchange(has_too_few_threads_, true))
      log(log_level::error, "http", "no more threads can be started; requests may have to wait",
          {{"threads", std::to_string(threads_.size())}, {"problem", problem.what()}});
    return false;
  }
}

void connection_server::work(std::list<std::thread>::iterator self) {
  for (;;) {
    ready next;
    try {
      next = next_ready(self);
      if (next.who == nullptr)
        return;
      serve(next.id, *next.who);
    } catch (const std::exception& problem) {
      report_defect(problem);
      if (next.who != nullptr)
        forget(next.id);
    }
  }
}

connection_server::ready connection_server::next_ready(std::list<std::thread>::iterator self) {
  while (!is_stopping_) {
    epoll_event event{};
    ++waiting_;
    const int count = epoll_wait(epoll_.get(), &event, 1, -1);
    const bool is_alone = --waiting_ == 0;
    if (count != 1 || event.data.u64 == wake_id)
      continue;
    if (event.data.u64 == timer_id) {
      end_overdue();
      if (retire(self))
        return {};
      continue;
    }
    if (is_alone) {
      const std::lock_guard guard{mutex_};
      add_thread();
    }
    if (event.data.u64 == listener_id)
      accept_some();
    else if (auto* who = claim(event.data.u64))
      return {event.data.u64, who};
  }
  const std::lock_guard guard{mutex_};
  if (last_requests_.empty())
    return {};
  const auto last = last_requests_.back();
  last_requests_.pop_back();
  return last;
}

void connection_server::arm_timer() {
  if (is_timer_armed_)
    return;
  is_timer_armed_ = true;
  const auto period = is_full_ ? stranger_grace
                               : std::clamp<std::chrono::milliseconds>(
                                     std::min(limits_.read_timeout, limits_.keep_alive) / 4,
                                     std::chrono::milliseconds{10}, std::chrono::milliseconds{1000});
  const itimerspec when{{}, {period.count() / 1000, period.count() % 1000 * 1'000'000}};
  timerfd_settime(timer_.get(), 0, &when, nullptr);
  watch(epoll_.get(), EPOLL_CTL_MOD, timer_.get(), timer_id, EPOLLIN | EPOLLONESHOT);
}

void connection_server::end_overdue() {
  std::vector<std::unique_ptr<served_client>> overdue;
  {
    const std::lock_guard guard{mutex_};
    is_timer_armed_ = false;
    const auto now = clock::now();
    for (auto at = clients_.begin(); at != clients_.end();) {
      if (at->second->now == state::idle && at->second->expires <= now) {
        strangers_.remove(at->first);
        overdue.push_back(std::move(at->second));
        at = clients_.erase(at);
      } else {
        ++at;
      }
    }
    is_full_ = is_full_ && clients_.size() > limits_.max_connections / 2; // senders come and go
    arm_listener();
    if (!clients_.empty() || !is_accepting_ || threads_.size() > spare_threads)
      arm_timer();
  }
  for (auto& who : overdue)
    if (who->conn.has_bytes())
      refuse(who->conn, 408);
}

bool connection_server::retire(std::list<std::thread>::iterator self) {
  const std::lock_guard guard{mutex_};
  if (is_stopping_ || waiting_ < spare_threads)
    return false;
  retired_.splice(retired_.end(), threads_, self);
  return true;
}

served_client* connection_server::claim(std::uint64_t id) {
  const std::lock_guard guard{mutex_};
  const auto found = clients_.find(id);
  // `stop` may already have given it to another thread.
  if (found == clients_.end() || found->second->now == state::active)
    return nullptr;
  found->second->now = state::active;
  found->second->active_since = clock::now();
  return found->second.get();
}

bool connection_server::park(std::uint64_t id, served_client& who) {
  who.conn.rest();
  const std::lock_guard guard{mutex_};
  if (is_stopping_)
    return false;
  who.now = state::idle;
  if (who.conn.is_trusted())
    strangers_.remove(id);
  else if (!who.is_arriving)
    wait_on(id, who);
  arm_timer();
  // Under the lock: once it is released, the thread that handles the timer may close the connection.
  watch(epoll_.get(), EPOLL_CTL_MOD, who.conn.socket(), id, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
  arm_listener(); // this connection may have to give its place to another
  return true;
}

void connection_server::forget(std::uint64_t id) {
  const std::lock_guard guard{mutex_};
  clients_.erase(id);
  strangers_.remove(id);
  if (is_stopping_)
    changed_.notify_all();
  else
    arm_listener();
}

void connection_server::serve(std::uint64_t id, served_client& who) {
  for (bool goes_on = true; goes_on;) {
    const bool was_stopping = is_stopping_; // requests that arrived before a stop are still answered
    const auto arrived = who.conn.take_arrived();
    if (who.conn.has_bytes() && !who.is_arriving) {
      who.is_arriving = true;
      who.expires = clock::now() + limits_.read_timeout;
    }
    switch (arrived) {
    case connection::arrival::complete:
      who.conn.read_until(who.expires);
      goes_on = answer_one(who.conn);
      who.is_arriving = false;
      who.expires =
          clock::now() + (who.conn.is_trusted() ? limits_.keep_alive
                                                : std::min(limits_.keep_alive, limits_.stranger_keep_alive));
      break;
    case connection::arrival::partial:
      if (!was_stopping && park(id, who))
        return;
      goes_on = !was_stopping;
      break;
    case connection::arrival::too_long:
      refuse(who.conn, 431);
      goes_on = false;
      break;
    case connection::arrival::ended:
      goes_on = false;
      break;
    }
  }
  forget(id);
}

bool connection_server::answer_one(connection& conn) {
  running_request current{conn};
  running = &current;
  const bool is_written = process(conn, [&](httplib::Request& request) {
    current.has_head = true;
    current.takes_gzip = accepts_gzip(request.get_header_value("Accept-Encoding"));
    request.headers.erase("Accept-Encoding"); // httplib would compress with brotli, at 1 ms per KB
    make_origin_form(request);
    current.announced = announced_body_of(request);
    current.body_start = conn.consumed();
    using form = announced_body::form;
    const auto& [kind, bytes] = current.announced;
    current.has_unread_chunks = kind == form::chunked;
    current.is_last = is_stopping_ || asks_to_close(request) || kind == form::invalid ||
                      (kind == form::none && must_have_body(request.method)) ||
                      bytes > limits_.max_discarded_bytes;
  });
  running = nullptr;
  if (!conn.flush() || !is_written)
    return false;
  const auto& [kind, bytes] = current.announced;
  const auto read = conn.consumed() - current.body_start;
  const auto unread = bytes - std::min(bytes, read);
  if (!conn.is_trusted()) // a stranger's body must not occupy a thread
    conn.read_until(clock::now() + stranger_timeout);
  if (!current.ends_here())
    return discard(conn, unread);
  if (!current.has_head || unread > 0 || (kind != announced_body::form::sized && conn.has_bytes()) ||
      current.has_unread_chunks)
    end_gently(conn, limits_.max_discarded_bytes);
  return false;
}

void connection_server::refuse(connection& conn, int status) {
  httplib::Response response;
  response.status = status;
  refuse_(response);
  send_refusal(conn, response);
}

} // namespace parseflow::http
