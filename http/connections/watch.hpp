// What the connection server waits for in its epoll set.
#pragma once

#include <cstdint>

#include <sys/epoll.h>

namespace parseflow::http {

/// What an event is about: one of these, or a client by its own number from `first_client_id` on.
enum : std::uint64_t { listener_id = 1, wake_id, timer_id, first_client_id };

/// Adds `descriptor` to the set, or changes what it is watched for.
inline void watch(int epoll, int operation, int descriptor, std::uint64_t id, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  epoll_ctl(epoll, operation, descriptor, &event);
}

} // namespace parseflow::http
