// The connection server's epoll set: the ids of its events, and how descriptors are added.
#pragma once

#include <cstdint>

#include <sys/epoll.h>

namespace parseflow::http {

/// The id of an event: one of these, or a client's own id, from `first_client_id` on.
enum : std::uint64_t { listener_id = 1, wake_id, timer_id, first_client_id };

/// Adds `descriptor` to the set, or changes the events it is watched for.
inline void watch(int epoll, int operation, int descriptor, std::uint64_t id, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  epoll_ctl(epoll, operation, descriptor, &event);
}

} // namespace parseflow::http
