// Starting, accepting and stopping; what happens to a client in between is in event_loop.
#include "http/connections/connection_server.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

// The stages of a stop: after the first, receiving is cut off; after the second, connections are broken.
constexpr std::chrono::seconds arrival_grace{1};
constexpr std::chrono::seconds answer_grace{5};
// How soon it is looked again whether a stranger has been idle long enough to give its place away.
constexpr int full_interval_ms = 50;
// How many clients may be let in before the strangers that make room for them have left.
constexpr std::uint64_t max_beyond_limit = 64;

std::size_t loop_count(const connection_limits& limits) {
  return limits.loops > 0 ? limits.loops
                          : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
}

} // namespace

connection_server::connection_server(connection_limits limits, request_handlers handlers,
                                     caf::actor_system* system, const tls_certificate* certificate,
                                     thread_maker make_thread)
    : limits_(std::move(limits)), handlers_(std::move(handlers)), system_(system),
      make_thread_(std::move(make_thread)), bodies_(limits_.max_body_bytes_in_flight),
      strangers_by_address_(limits_.max_strangers_per_address), shared_{limits_,
                                                                        handlers_,
                                                                        pool_,
                                                                        bodies_,
                                                                        strangers_by_address_,
                                                                        certificate,
                                                                        [this] { wake_acceptor(); }} {}

connection_server::~connection_server() {
  stop();
}

expected<> connection_server::start(const std::string& host, std::uint16_t port) {
  epoll_ = file_descriptor{epoll_create1(EPOLL_CLOEXEC)};
  wake_ = file_descriptor{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  for (std::size_t i = 0; i < loop_count(limits_); ++i)
    loops_.push_back(std::make_unique<event_loop>(shared_, static_cast<std::uint8_t>(i)));
  const bool have_descriptors =
      epoll_.is_open() && wake_.is_open() &&
      std::all_of(loops_.begin(), loops_.end(), [](const auto& one) { return one->is_usable(); });
  if (!have_descriptors)
    return problem{"cannot serve HTTP: no more file descriptors are available (see ulimit -n)"};
  {
    const std::lock_guard guard{mutex_};
    if (auto opened = listener_.open(host, port); !opened)
      return opened;
    epoll_event event{};
    event.events = EPOLLIN;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
    arm_listener();
  }
  return start_threads();
}

expected<> connection_server::start_threads() {
  if (system_ != nullptr)
    for (auto& one : loops_)
      one->listen_for_boxes(*system_);
  try {
    for (auto& one : loops_) {
      auto thread = make_thread_([this, loop = one.get()] {
        loop->run();
        const std::lock_guard guard{mutex_};
        --running_loops_;
        loop_ended_.notify_all();
      });
      threads_.push_back(std::move(thread));
      const std::lock_guard guard{mutex_};
      ++running_loops_;
    }
  } catch (const std::exception& problem) {
    log(log_level::error, "http", "fewer threads can be started than there are processors",
        {{"threads", std::to_string(threads_.size())}, {"problem", problem.what()}});
    loops_.resize(threads_.size());
  }
  const bool has_pool = !loops_.empty() && pool_.start(limits_.pool_threads, make_thread_) > 0;
  try {
    if (has_pool) {
      threads_.push_back(make_thread_([this] { accept_clients(); }));
      return {};
    }
  } catch (const std::exception&) { // said below
  }
  return problem{
      "cannot serve HTTP: too few threads can be started (see ulimit -u, or the limit of the container)"};
}

void connection_server::look_again() {
  if (port() == 0)
    return;
  for (const auto& one : loops_)
    one->look_again();
}

void connection_server::take_up(std::chrono::milliseconds keep_alive,
                                std::chrono::milliseconds read_timeout) {
  for (const auto& one : loops_)
    one->take_up(keep_alive, read_timeout);
}

void connection_server::stop() {
  std::unique_lock lock{mutex_};
  if (port() == 0 || std::exchange(is_stopping_, true))
    return;
  listener_.close();
  wake_acceptor();
  for (const auto& one : loops_)
    one->end();
  const auto is_done = [this] { return running_loops_ == 0; };
  if (!loop_ended_.wait_for(lock, arrival_grace, is_done))
    for (const auto& one : loops_)
      one->cut();
  if (!loop_ended_.wait_for(lock, answer_grace, is_done))
    for (const auto& one : loops_)
      one->break_all();
  lock.unlock();
  for (auto& thread : threads_)
    thread.join();
  pool_.stop();
}

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
  arm_listener();
  return {};
}

connection_counts connection_server::connections() const {
  const std::lock_guard guard{mutex_};
  event_loop::clock::duration longest_round{0};
  for (const auto& one : loops_)
    longest_round = std::max(longest_round, one->longest_round());
  return {shared_.open,  limits_.max_connections, shared_.closed_for_others, strangers_by_address_.refused(),
          longest_round, shared_.streams};
}

void connection_server::wake_acceptor() {
  eventfd_write(wake_.get(), 1);
}

// While the limit is reached, clients wait in the listen queue, and no event tells of them.
void connection_server::arm_listener() {
  if (std::exchange(is_accepting_, true))
    return;
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
}

void connection_server::accept_clients() {
  for (;;) {
    epoll_event event{};
    epoll_wait(epoll_.get(), &event, 1, shared_.is_full ? full_interval_ms : -1);
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
    const std::lock_guard guard{mutex_};
    if (is_stopping_)
      return;
    if (!is_paused_)
      accept_waiting();
  }
}

void connection_server::accept_waiting() {
  event_loop* gives_way = nullptr;
  while (has_place(gives_way)) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    file_descriptor socket{
        accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket.is_open()) {
      if (errno == EINTR || errno == ECONNABORTED)
        continue;
      shared_.is_full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      break;
    }
    deal_out(std::move(socket), peer, gives_way);
  }
  if (shared_.is_full && std::exchange(is_accepting_, false))
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
  else if (!shared_.is_full)
    arm_listener();
}

void connection_server::deal_out(file_descriptor socket, const sockaddr_storage& peer,
                                 event_loop* gives_way) {
  const ip_address address{peer};
  const bool is_counted = !address.is_loopback() && !limits_.proxies.contains(address);
  if (is_counted && !strangers_by_address_.enter(address))
    return; // which closes the socket
  ++shared_.open;
  loops_[next_loop_++ % loops_.size()]->adopt(std::move(socket), address, is_counted);
  if (gives_way != nullptr)
    gives_way->let_one_go();
}

// True if one more client may be accepted; `gives_way` is the loop of the stranger that must leave for it.
bool connection_server::has_place(event_loop*& gives_way) {
  gives_way = nullptr;
  if (shared_.open < limits_.max_connections) {
    shared_.is_full = false;
    has_logged_limit_ =
        has_logged_limit_ && shared_.open > limits_.max_connections / 2; // senders come and go
    return true;
  }
  shared_.is_full = true; // from now on a loop says when a connection has ended
  if (!std::exchange(has_logged_limit_, true))
    log(log_level::warn, "http",
        "the limit of connections is reached (http.max-connections): each new client takes the place "
        "of the one without credentials that has been idle longest",
        {{"connections", std::to_string(shared_.open)},
         {"let_go", std::to_string(shared_.closed_for_others)}});
  if (shared_.open >= limits_.max_connections + max_beyond_limit)
    return false;
  const auto oldest = std::min_element(loops_.begin(), loops_.end(), [](const auto& a, const auto& b) {
    return a->oldest_stranger() < b->oldest_stranger();
  });
  if ((*oldest)->oldest_stranger() > event_loop::clock::now() - event_loop::stranger_grace)
    return false;
  gives_way = oldest->get();
  return true;
}

} // namespace parseflow::http
