#include "http/gate/relay.hpp"

#include <cerrno>
#include <string_view>

#include <sys/socket.h>

namespace parseflow::http {

namespace {

// How often one relay may fill its buffers before others have their turn.
constexpr int share = 16;

transferred::end end_of_errno() {
  return errno == EAGAIN || errno == EWOULDBLOCK ? transferred::end::blocked : transferred::end::ended;
}

// `blocked` only when there is nothing: an edge that came before is then used up.
transferred receive_inside(int from, char* to, std::size_t size) {
  for (;;) {
    const auto received = recv(from, to, size, MSG_DONTWAIT);
    if (received > 0)
      return {transferred::end::some, static_cast<std::size_t>(received)};
    if (received == 0)
      return {transferred::end::ended, 0};
    if (errno != EINTR)
      return {end_of_errno(), 0};
  }
}

transferred send_inside(int to, std::string_view bytes) {
  for (;;) {
    const auto sent = send(to, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0)
      return {transferred::end::some, static_cast<std::size_t>(sent)};
    if (errno != EINTR)
      return {end_of_errno(), 0};
  }
}

} // namespace

relay::state relay::pass() {
  for (int turn = 0; turn < share; ++turn) {
    const bool has_more_in = carry(
        inwards_, [this](char* to, std::size_t size) { return tls_.receive(to, size); },
        [this](std::string_view bytes) { return send_inside(inside_, bytes); });
    const bool has_more_out = carry(
        outwards_, [this](char* to, std::size_t size) { return receive_inside(inside_, to, size); },
        [this](std::string_view bytes) { return tls_.send(bytes); });
    if (is_broken_ || (inwards_.is_source_over && inwards_.is_empty()) ||
        (outwards_.is_source_over && outwards_.is_empty()))
      return state::over;
    if (!has_more_in && !has_more_out)
      return state::waiting;
  }
  return state::more;
}

// True if it can go on at once; otherwise the next event says when.
template <class Receive, class Send>
bool relay::carry(way& at, Receive receive, Send send) {
  bool has_source_more = !at.is_source_over;
  if (at.bytes.empty())
    at.bytes.resize(capacity);
  while (!at.is_source_over && at.end < capacity) {
    const auto got = receive(at.bytes.data() + at.end, capacity - at.end);
    at.end += got.bytes;
    at.is_source_over = got.now == transferred::end::ended;
    has_source_more = got.now == transferred::end::some;
    if (!has_source_more)
      break;
  }
  while (!at.is_empty()) {
    const auto gone = send({at.bytes.data() + at.begin, at.end - at.begin});
    at.begin += gone.bytes;
    is_broken_ = is_broken_ || gone.now == transferred::end::ended;
    if (gone.now != transferred::end::some)
      break;
  }
  if (!at.is_empty())
    return false;
  at.begin = at.end = 0;
  return has_source_more;
}

} // namespace parseflow::http
