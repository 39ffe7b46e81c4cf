// New connections are refused on the thread of the request that found no room, before it is answered, because
// the sender comes back at once. The watcher thread accepts them again.
#include "http/admission.hpp"

#include "messages/service_log.hpp"

namespace parseflow::http {

admission::admission(connection_server& server, pipeline_client& boxes)
    : server_(server), boxes_(boxes), watcher_([this] { watch(); }) {}

admission::~admission() {
  stop();
}

void admission::close() {
  const std::lock_guard guard{mutex_};
  ++refusals_;
  if (is_stopping_ || std::exchange(is_closed_, true))
    return;
  server_.pause_accepting();
  log(log_level::warn, "http",
      "a drain request found no room; new connections are refused until there is room");
  changed_.notify_one();
}

void admission::stop() {
  {
    const std::lock_guard guard{mutex_};
    if (std::exchange(is_stopping_, true))
      return;
  }
  changed_.notify_one();
  watcher_.join();
}

void admission::watch() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || is_closed_; });
    if (changed_.wait_for(lock, interval, [this] { return is_stopping_; }))
      return;
    const auto seen = refusals_;
    lock.unlock();
    const auto status = boxes_.ask_receiver();
    // Waiting requests do not show a lack of room: some always wait for the current commit.
    const bool is_free = status && !status->no_room;
    lock.lock();
    if (is_free && refusals_ == seen && !is_stopping_) // otherwise the answer is out of date
      open();
  }
}

void admission::open() {
  if (const auto resumed = server_.resume_accepting(); !resumed) {
    if (!std::exchange(has_complained_, true))
      log(log_level::error, "http", "there is room again, but new connections are still refused",
          {{"problem", resumed.error().sentence}});
    return;
  }
  is_closed_ = has_complained_ = false;
  log(log_level::info, "http", "there is room again; new connections are accepted");
}

} // namespace parseflow::http
