#include "http/gate/tls_gate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <tuple>

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "http/gate/dial_peer.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

// What events tell of, besides the numbers of connections.
constexpr std::uint64_t wake_number = 0, listener_number = 1;
// Callers that are accepted before it is looked who has sent something: fewer than the smallest limit, so that
// those who have do not give way to those who have not.
constexpr int accepts_in_a_row = 8;
// How long nobody is accepted when there is no descriptor even to refuse.
constexpr std::chrono::milliseconds descriptor_pause{100};
constexpr std::chrono::minutes log_interval{1};
// Edge-triggered: `relay` takes what there is.
constexpr std::uint32_t inside_events = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t socket_events = inside_events | EPOLLOUT;

file_descriptor any_descriptor() {
  return file_descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

} // namespace

gate_limits limits_for(const cluster_settings& cluster) {
  gate_limits limits;
  limits.max_connections += 4 * cluster.peers.size();
  return limits;
}

expected<std::unique_ptr<cluster_gate>> tls_gate::make(const cluster_settings& cluster) {
  if (!cluster.is_on())
    return std::unique_ptr<cluster_gate>{};
  auto certificates = std::make_unique<peer_certificates>(cluster);
  if (auto loaded = certificates->load(); !loaded)
    return loaded.error();
  return std::unique_ptr<cluster_gate>{
      std::make_unique<tls_gate>(cluster.listen, std::move(certificates), limits_for(cluster))};
}

tls_gate::tls_gate(std::string listen, std::unique_ptr<peer_certificates> certificates, gate_limits limits)
    : listen_(std::move(listen)), certificates_(std::move(certificates)), limits_(limits),
      epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      dials_over_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), spare_(any_descriptor()),
      last_number_(listener_number) {}

tls_gate::~tls_gate() {
  close();
}

expected<> tls_gate::open(caller_taker take) {
  if (!epoll_.is_open() || !wake_.is_open() || !dials_over_.is_open())
    return problem{"cannot listen for peers: no more file descriptors are available (see ulimit -n)"};
  const auto at = endpoint_from(listen_).value_or(endpoint{});
  if (auto opened = listener_.open(at.host, at.port); !opened)
    return opened;
  take_ = std::move(take);
  refreshed_ = clock::now();
  watch(wake_.get(), wake_number, EPOLLIN);
  watch(listener_.get(), listener_number, EPOLLIN);
  try {
    thread_ = std::thread{[this] { run(); }};
  } catch (const std::exception&) {
    return problem{"cannot listen for peers: no more threads can be started (see ulimit -u, or the limit of "
                   "the container)"};
  }
  return {};
}

expected<file_descriptor> tls_gate::dial(const endpoint& peer) {
  auto dialled = dial_peer(peer, certificates_->current(), dials_over_.get(), limits_.handshake);
  if (!dialled)
    return dialled.error();
  auto end = (*dialled)->begin_relay();
  if (!end.is_open())
    return problem{"this process may open no more files (see ulimit -n)"};
  {
    const std::lock_guard guard{mutex_};
    dialled_.push_back(*std::move(dialled));
  }
  eventfd_write(wake_.get(), 1);
  return end;
}

void tls_gate::stop_dialling() {
  eventfd_write(dials_over_.get(), 1);
}

void tls_gate::close() {
  stop_dialling();
  is_stopping_ = true;
  eventfd_write(wake_.get(), 1);
  if (thread_.joinable())
    thread_.join();
}

refused_callers tls_gate::refused() const {
  const std::lock_guard guard{mutex_};
  return refused_;
}

void tls_gate::run() {
  while (!is_stopping_) {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms());
    auto ready = std::exchange(eager_, {});
    bool has_callers = false;
    for (int i = 0; i < count; ++i) {
      const auto number = events[static_cast<std::size_t>(i)].data.u64;
      if (number == wake_number) {
        eventfd_t ignored = 0;
        eventfd_read(wake_.get(), &ignored);
      } else if (number == listener_number) {
        has_callers = true;
      } else {
        ready.push_back(number);
      }
    }
    adopt_dialled();
    std::sort(ready.begin(), ready.end()); // a connection has two descriptors, and may be eager besides
    ready.erase(std::unique(ready.begin(), ready.end()), ready.end());
    for (const auto number : ready)
      advance(number);
    if (has_callers)
      accept_callers();
    end_overdue();
    look_at_certificates();
  }
  listener_.close();
  for (const auto& [number, one] : open_) {
    if (one->is_peer())
      one->bytes->pass();
    one->session.end_sending();
  }
  open_.clear();
}

int tls_gate::wait_ms() const {
  if (!eager_.empty())
    return 0;
  auto until = refreshed_ + limits_.refresh;
  for (const auto& [number, one] : open_)
    until = std::min(until, one->until);
  if (accepts_from_ != clock::time_point{})
    until = std::min(until, accepts_from_);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

void tls_gate::look_at_certificates() {
  if (clock::now() - refreshed_ < limits_.refresh)
    return;
  refreshed_ = clock::now();
  if (const auto renewed = certificates_->refresh(); !renewed)
    log(log_level::error, "gate", "the new certificate for peers cannot be used; the one before stays",
        {{"problem", renewed.error().sentence}});
  else if (*renewed)
    log(log_level::info, "gate", "new connections to peers get the new certificate");
}

void tls_gate::adopt_dialled() {
  std::vector<std::unique_ptr<peer_connection>> arrived;
  {
    const std::lock_guard guard{mutex_};
    arrived.swap(dialled_);
  }
  for (auto& one : arrived) {
    const auto number = ++last_number_;
    watch(one->socket.get(), number, socket_events);
    watch(one->inside.get(), number, inside_events);
    open_.emplace(number, std::move(one));
    advance(number); // its first byte has been seen already
  }
}

void tls_gate::accept_callers() {
  for (int i = 0; i < accepts_in_a_row; ++i) {
    file_descriptor socket{accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (socket.is_open())
      accept_caller(std::move(socket));
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
      return refuse_for_descriptors();
    else if (errno != EINTR && errno != ECONNABORTED)
      return;
  }
}

void tls_gate::accept_caller(file_descriptor socket) {
  if (open_.size() >= limits_.max_connections && !make_room())
    return refuse(refusal::by_limit);
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  auto caller = std::make_unique<peer_connection>(std::move(socket), certificates_->current(),
                                                  tls_session::side::server);
  caller->until = caller->began + limits_.handshake;
  const auto number = ++last_number_;
  watch(caller->socket.get(), number, socket_events);
  open_.emplace(number, std::move(caller));
}

// The queue of callers would make the thread spin, so somebody must leave it.
void tls_gate::refuse_for_descriptors() {
  spare_.reset();
  file_descriptor refused{accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  const bool has_left = refused.is_open();
  refused.reset();
  spare_ = any_descriptor();
  refuse(refusal::by_limit);
  if (has_left && spare_.is_open())
    return;
  accepts_from_ = clock::now() + descriptor_pause;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
}

// Closes somebody who has not finished the handshake; false if all have.
bool tls_gate::make_room() {
  const auto rank = [](const peer_connection& one) {
    return std::tuple{one.is_peer(), one.has_heard(), one.began};
  };
  const auto first = std::min_element(open_.begin(), open_.end(), [&](const auto& a, const auto& b) {
    return rank(*a.second) < rank(*b.second);
  });
  if (first->second->is_peer())
    return false;
  open_.erase(first);
  refuse(refusal::by_limit);
  return true;
}

void tls_gate::watch(int descriptor, std::uint64_t number, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = number;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event) != 0)
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

// A socket of this process has an event for each read at the other end while it is watched for room.
void tls_gate::watch_peer(peer_connection& peer, std::uint64_t number) {
  if (peer.awaits_room == peer.bytes->is_blocked_inside())
    return;
  peer.awaits_room = !peer.awaits_room;
  watch(peer.inside.get(), number, peer.awaits_room ? inside_events | EPOLLOUT : inside_events);
}

void tls_gate::advance(std::uint64_t number) {
  const auto found = open_.find(number);
  if (found == open_.end())
    return; // it was closed after the event
  auto& one = *found->second;
  if (!one.is_peer() && !shake_hands(number, one))
    return;
  switch (one.bytes->pass()) {
  case relay::state::over:
    one.session.end_sending();
    open_.erase(found);
    return;
  case relay::state::more:
    eager_.push_back(number);
    break;
  case relay::state::waiting:
    break;
  }
  watch_peer(one, number);
  if (one.bytes->is_ending() && one.until == clock::time_point::max())
    one.until = clock::now() + limits_.handshake;
}

// True when the caller has become a peer.
bool tls_gate::shake_hands(std::uint64_t number, peer_connection& caller) {
  const auto outcome = caller.session.shake_hands();
  if (outcome == transferred::end::blocked)
    return false;
  if (outcome == transferred::end::some) {
    if (auto end = caller.begin_relay(); end.is_open()) {
      watch(caller.inside.get(), number, inside_events);
      take_(std::move(end));
      return true;
    }
    refuse(refusal::by_limit);
  } else if (caller.has_heard()) { // who hangs up without a word only looked whether somebody listens
    const bool is_unlisted = SSL_get_verify_result(caller.session.handle()) == X509_V_ERR_HOSTNAME_MISMATCH;
    refuse(is_unlisted ? refusal::unlisted : refusal::by_handshake);
  }
  open_.erase(number);
  return false;
}

void tls_gate::end_overdue() {
  const auto now = clock::now();
  if (accepts_from_ != clock::time_point{} && accepts_from_ <= now) {
    accepts_from_ = {};
    if (!spare_.is_open())
      spare_ = any_descriptor();
    watch(listener_.get(), listener_number, EPOLLIN);
  }
  std::erase_if(open_, [&](const auto& each) {
    if (each.second->until > now)
      return false;
    if (!each.second->is_peer())
      refuse(refusal::by_handshake);
    return true;
  });
}

void tls_gate::refuse(refusal why) {
  refused_callers now;
  {
    const std::lock_guard guard{mutex_};
    ++(why == refusal::by_limit       ? refused_.by_limit
       : why == refusal::by_handshake ? refused_.by_handshake
                                      : refused_.unlisted);
    now = refused_;
  }
  if (refusal_logged_ != clock::time_point{} && clock::now() - refusal_logged_ < log_interval)
    return;
  refusal_logged_ = clock::now();
  log(log_level::warn, "gate", "connections to the cluster's port are refused: strangers should not reach it",
      {{"by_limit", fmt::to_string(now.by_limit)},
       {"by_handshake", fmt::to_string(now.by_handshake)},
       {"unlisted", fmt::to_string(now.unlisted)}});
}

} // namespace parseflow::http
