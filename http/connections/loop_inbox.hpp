// Tasks that other threads leave for the thread of an event loop.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include <sys/eventfd.h>

#include "messages/file_descriptor.hpp"

namespace parseflow::http {

/// Wakes the loop only while it sleeps.
class loop_inbox {
public:
  using task = std::function<void()>;

  /// Readable after a task was left for a sleeping loop.
  int descriptor() const { return wake_.get(); }

  /// Any thread may call.
  void leave(task one) {
    bool wakes = false;
    {
      const std::lock_guard guard{mutex_};
      tasks_.push_back(std::move(one));
      wakes = std::exchange(is_asleep_, false);
    }
    if (wakes)
      eventfd_write(wake_.get(), 1);
  }

  /// Called by the loop: the tasks that wait, in order. If there are none, the loop may sleep.
  std::vector<task> take() {
    const std::lock_guard guard{mutex_};
    is_asleep_ = tasks_.empty();
    return std::exchange(tasks_, {});
  }

  /// Called by the loop after it woke up for another reason.
  void stay_awake() {
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
  }

private:
  file_descriptor wake_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::mutex mutex_; // guards what follows
  std::vector<task> tasks_;
  bool is_asleep_ = false;
};

} // namespace parseflow::http
